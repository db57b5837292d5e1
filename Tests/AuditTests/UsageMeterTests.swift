import Audit
import Model
import TacitTesting
import Testing

@Suite struct UsageMeterTests {
    @Test func `drains nothing twice`() throws {
        let meter = UsageMeter(shards: 2)
        #expect(meter.drain(at: 1).isEmpty)
        try add(to: meter, shard: 0)
        #expect(meter.drain(at: 1).count == 1)
        #expect(meter.drain(at: 2).isEmpty)
    }

    @Test func `sums stop at what a store can hold instead of trapping`() throws {
        let meter = UsageMeter(shards: 1)
        for _ in 1...3 { try add(to: meter, shard: 0, bytes: .max) }
        let record = try #require(meter.drain(at: 1).first)
        #expect(record.bytesUp == UInt64(Int64.max))
        #expect(record.requests == 3)
    }

    @Test(arguments: [0, -3, 5, Int.min, Int.max])
    func `takes any shard number`(shard: Int) throws {
        let meter = UsageMeter(shards: 0)
        try add(to: meter, shard: shard)
        #expect(meter.drain(at: 1).count == 1)
    }

    @Test func `keeps statuses apart and sums over the shards`() throws {
        let meter = UsageMeter(shards: 3)
        for shard in 0..<6 { try add(to: meter, shard: shard, bytes: 10) }
        try add(to: meter, shard: 1, status: 502)
        let records = meter.drain(at: 77).sorted { $0.status < $1.status }
        #expect(records.map(\.status) == [200, 502])
        #expect(records.map(\.requests) == [6, 1])
        #expect(records.first?.bytesUp == 60)
        #expect(records.first?.bytesDown == 120)
        #expect(records.first?.redactions == 6)
        #expect(records.first?.exposureMicroseconds == 56)
        #expect(records.map(\.at) == [77, 77])
    }

    @Test func `keeps calls that opened a key apart from those that did not`() throws {
        let meter = UsageMeter(shards: 1)
        for _ in 0..<2 { try add(to: meter, shard: 0, status: 502) }
        try add(to: meter, shard: 0, status: 502, exposure: 0)
        meter.putBack(meter.drain(at: 1))
        let records = meter.drain(at: 2).sorted { $0.requests < $1.requests }
        #expect(records.map(\.requests) == [1, 2])
        #expect(records.first?.exposureMicroseconds == 0)
        #expect(records.last.map { $0.exposureMicroseconds > 0 } == true)
    }

    @Test func `what could not be written comes out with the next drain`() throws {
        let meter = UsageMeter(shards: 2)
        try add(to: meter, shard: 1, bytes: 10)
        meter.putBack(meter.drain(at: 1))
        try add(to: meter, shard: 0, bytes: 10)
        let record = try #require(meter.drain(at: 2).first)
        #expect(record.requests == 2)
        #expect(record.bytesUp == 20)
        #expect(record.at == 2)
    }

    @Test(arguments: [0, 1, 2, 3, 100])
    func `a list that is full loses no call and keeps the same slots apart`(limit: Int) throws {
        let meter = UsageMeter(shards: 1, listLimit: limit)
        for round in 1...3 {
            for status: UInt16 in [200, 502, 200, 502, 200] { try add(to: meter, shard: 0, status: status, bytes: 10) }
            let records = meter.drain(at: UInt64(round)).sorted { $0.status < $1.status }
            #expect(records.map(\.requests) == [3, 2])
            #expect(records.map(\.bytesUp) == [30, 20])
            #expect(records.map(\.exposureMicroseconds) == [28, 19])
        }
        #expect(meter.drain(at: 4).isEmpty)
    }

    @Test func `loses nothing when threads add while another drains`() async throws {
        let meter = UsageMeter(shards: 4)
        let total = try await withThrowingTaskGroup(of: UInt64.self) { group in
            for shard in 0..<4 {
                group.addTask {
                    for _ in 1...1000 { try add(to: meter, shard: shard) }
                    return meter.drain(at: 1).reduce(0) { $0 + $1.requests }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(total + meter.drain(at: 2).reduce(0) { $0 + $1.requests } == 4000)
    }

    private func add(to meter: UsageMeter, shard: Int, status: UInt16 = 200, bytes: UInt64 = 1, exposure: UInt64 = 9_400) throws {
        meter.add(
            shard: shard, accountID: try StoreFixture.id(1, 1), sessionID: try StoreFixture.id(1, 2), keyID: try StoreFixture.id(1, 3),
            version: 1, status: status, bytesUp: bytes, bytesDown: bytes == .max ? bytes : bytes * 2, redactions: 1,
            exposureNanoseconds: exposure)
    }
}
