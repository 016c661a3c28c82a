import Metrics
import Testing

@Suite struct LoadShapeTests {
    private func rate(_ pps: Double) -> ShapeRate { .some(.packets(PacketRate(packetsPerSecond: pps))) }

    @Test func shapesAreReadAsUsersWriteThem() throws {
        #expect(try LoadShape(parsing: "constant") == .constant)
        #expect(try LoadShape(parsing: "Poisson") == .poisson)
        #expect(try LoadShape(parsing: "bursts:1k") == .bursts(frames: 1_000))
        #expect(try LoadShape(parsing: "on-off:10ms, 90ms") == .onOff(onNanoseconds: 10_000_000, offNanoseconds: 90_000_000))
        #expect(try LoadShape(parsing: "ramp:0..1.5mpps") == .ramp(from: .none, to: rate(1.5e6)))
        #expect(try LoadShape(parsing: "ramp:1.5mpps..0pps") == .ramp(from: rate(1.5e6), to: .none))
        #expect(
            try LoadShape(parsing: "steps:10kpps,0,1G/500ms")
                == .steps([rate(1e4), .none, .some(.bits(BitRate(bitsPerSecond: 1e9)))], eachNanoseconds: 500_000_000))
        #expect(try LoadShape(parsing: "file:a:b.csv") == .file(path: "a:b.csv"))
    }

    @Test(arguments: [
        "constant", "poisson", "bursts:32", "on-off:10ms,1.5s", "ramp:0..100kpps", "ramp:23%..1gbps", "steps:10kpps,0/500ms", "file:a/b.csv"
    ])
    func textReadsBackTheSame(_ text: String) throws {
        let shape = try LoadShape(parsing: text)
        #expect(shape.description == text)
        #expect(try LoadShape(parsing: shape.description) == shape)
    }

    @Test(arguments: [
        "", "flat", "poisson:3", "constant:", "bursts", "bursts:", "bursts:0", "bursts:2M", "bursts:x", "on-off:1s", "on-off:1s,0",
        "on-off:1,2,3",
        "on-off:2h,1s", "ramp:1kpps", "ramp:0..0", "ramp:max..1kpps", "ramp:5..9", "steps:1kpps", "steps:/1s", "steps:0,0/1s",
        "steps:1kpps/0",
        "steps:1kpps,/1s", "file:"
    ])
    func whatIsNoShapeIsRefused(_ text: String) {
        #expect(throws: QuantityError.self) { try LoadShape(parsing: text) }
    }
}
