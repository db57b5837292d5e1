import Testing

@testable import BlindProxy

@Suite struct TunnelTests {
    /// A tunnel that silence ends after 100 s and a stalled side after 10 s.
    private final class Watched {
        var tunnel: Tunnel
        private let limits: ProxyLimits

        init(at now: UInt64) {
            var limits = ProxyLimits()
            limits.tunnelIdleSeconds = 100
            limits.sendSeconds = 10
            limits.tunnelHalfSeconds = 10
            self.limits = limits
            tunnel = Tunnel(now: now)
        }

        func isOverdue(at now: UInt64, isStalled: Bool = false) -> Bool { tunnel.isOverdue(now: now, isStalled: isStalled, limits: limits) }
    }

    @Test func endsAfterSilenceOnly() {
        let watched = Watched(at: 1_000)
        #expect(!watched.isOverdue(at: 100_999))
        watched.tunnel.hasMoved = true
        #expect(!watched.isOverdue(at: 101_000))
        #expect(!watched.isOverdue(at: 200_999))
        #expect(watched.isOverdue(at: 201_000))
    }

    @Test func endsWhereOneSideTakesNothingWhateverTheOtherSends() {
        let watched = Watched(at: 0)
        for now in stride(from: UInt64(100), to: 10_000, by: 100) {
            watched.tunnel.hasMoved = true
            #expect(!watched.isOverdue(at: now, isStalled: now > 5_000))
        }
        #expect(!watched.isOverdue(at: 10_000), "it took something")
        #expect(!watched.isOverdue(at: 10_100, isStalled: true))
        watched.tunnel.hasMoved = true
        #expect(!watched.isOverdue(at: 20_099, isStalled: true))
        #expect(watched.isOverdue(at: 20_100, isStalled: true))
    }

    @Test func oneHalfDoesNotOutliveTheOtherForLong() {
        let watched = Watched(at: 0)
        watched.tunnel.endClient()
        #expect(!watched.isOverdue(at: 5_000))
        watched.tunnel.hasMoved = true
        #expect(!watched.isOverdue(at: 14_999))
        #expect(watched.isOverdue(at: 15_000))
    }
}
