import Testing

@testable import Custody

@Suite struct VaultLeaseTests {
    @Test func `a token that never ends is left alone`() {
        let lease = VaultLease(grantedAt: 100, duration: 0, isRenewable: false)
        #expect(lease.step(at: 1e9) == .wait(until: .infinity))
        #expect(!lease.hasEnded(at: 1e9))
        // One in its last second is another matter: Vault rounds down.
        let last = VaultLease(grantedAt: 100, duration: 0, isRenewable: true, full: 60)
        #expect(last.hasEnded(at: 100) && last.step(at: 100) == .replace)
    }

    @Test func `waits to its point, renews there, and is replaced where renewing gives less`() {
        let lease = VaultLease(grantedAt: 100, duration: 100, isRenewable: true, point: 0.6)
        #expect(lease.step(at: 159) == .wait(until: 160))
        #expect(lease.step(at: 160) == .renew)
        #expect(lease.step(at: 200) == .replace)
        #expect(lease.hasEnded(at: 200) && !lease.hasEnded(at: 199))
        let full = lease.renewed(at: 160, duration: 100, isRenewable: true)
        #expect(full.step(at: 200) == .wait(until: 160 + 100 * full.point))
        #expect(full.step(at: 240) == .renew)
        for (duration, renewable, step) in [(50, true, VaultLease.Step.replace), (51, true, .renew), (100, false, .replace)] {
            let shrunk = lease.renewed(at: 160, duration: duration, isRenewable: renewable)
            #expect(shrunk.step(at: 160 + Double(duration) * 0.8) == step)
        }
    }

    @Test func `the point varies within the middle of the lease`() {
        let points = (0..<50).map { _ in VaultLease(grantedAt: 0, duration: 10, isRenewable: true).point }
        #expect(points.allSatisfy { (0.5...0.7).contains($0) } && Set(points).count > 1)
    }
}
