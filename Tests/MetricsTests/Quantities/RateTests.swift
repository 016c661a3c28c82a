import Foundation
import Metrics
import TestSupport
import Testing

@Suite struct RateTests {
    @Test(arguments: [
        ("1.5mpps", 1_500_000), ("500kpps", 500_000), ("100pps", 100), ("2 GPPS", 2e9), ("1.49Mpps", 1_490_000),
        ("1e6pps", 1e6), ("1E+3pps", 1_000), ("1e-1kpps", 100), ("1_000_000pps", 1e6), ("  +7pps ", 7), ("0.5pps", 0.5),
        ("1000000000000pps", 1e12)
    ])
    func packetRates(_ text: String, _ expected: Double) throws {
        #expect(try PacketRate(parsing: text).packetsPerSecond == expected)
    }

    @Test(arguments: [
        ("5gbps", 5e9), ("100mbps", 1e8), ("9.6KBPS", 9_600), ("9.8 Gb/s", 9.8e9), ("1tbit", 1e12),
        ("100mbit/s", 1e8), ("64bps", 64), ("1G", 1e9), ("256k", 256_000), ("2.5 M", 2_500_000)
    ])
    func bitRates(_ text: String, _ expected: Double) throws {
        #expect(try BitRate(parsing: text).bitsPerSecond == expected)
    }

    @Test(
        arguments: [
            ("", .empty), ("   ", .empty), ("0pps", .zero), ("0.000mpps", .zero), ("-5kpps", .negative),
            ("-0pps", .negative),
            ("nan", .notANumber), ("inf", .notANumber), ("pps", .notANumber), ("1.pps", .notANumber),
            (".5pps", .notANumber),
            ("1,5mpps", .notANumber), ("1__0pps", .notANumber), ("1.2.3pps", .notANumber), ("0x10pps", .notANumber),
            ("1000", .missingUnit), ("10furlongs", .unknownUnit("furlongs")), ("5gbps", .unknownUnit("gbps")),
            ("5%", .unknownUnit("%")),
            ("1e999pps", .tooLarge), ("1e99999999999999999999pps", .tooLarge), ("2000gpps", .tooLarge),
            ("1e-9pps", .tooSmall),
            ("11111111111111111111111111pps", .tooManyDigits)
        ] as [(String, QuantityError.Problem)])
    func wrongPacketRates(_ text: String, _ problem: QuantityError.Problem) throws {
        let error = try #require(throws: QuantityError.self) { try PacketRate(parsing: text) }
        #expect(error.problem == problem)
        #expect(error.found == text)
        #expect(error.quantity == "packet rate")
    }

    @Test func errorsSayWhatWasFoundAndWhatIsAllowed() throws {
        let error = try #require(throws: QuantityError.self) { try RateRequest(parsing: "10") }
        #expect(
            "\(error)" == "rate '10' has no unit; allowed: max, 1.5mpps, 500kpps, 100pps, 5gbps, 100mbps (layer 2) or 23% of the line rate")
    }

    @Test(
        arguments: [
            (.empty, "is empty"), (.notANumber, "is not a number"), (.tooManyDigits, "has too many digits"),
            (.missingUnit, "has no unit"),
            (.unknownUnit("x"), "has the unknown unit 'x'"), (.negative, "is negative"), (.zero, "is zero"),
            (.tooSmall, "is too small"),
            (.tooLarge, "is too large"), (.notWhole(of: "bytes"), "is not a whole number of bytes"),
            (.notWhole(of: nil), "is not a whole number")
        ] as [(QuantityError.Problem, String)])
    func problems(_ problem: QuantityError.Problem, _ text: String) {
        #expect("\(problem)" == text)
    }

    @Test(arguments: [
        (1_490_000, "1.49 Mpps"), (500_000, "500 kpps"), (14_880_952.38, "14.88 Mpps"), (999_960, "1 Mpps"),
        (999_940, "999.9 kpps"),
        (1, "1 pps"), (0.5, "0.5 pps"), (0, "0 pps"), (123_456_789_012, "123.5 Gpps"), (12_345e9, "12345 Gpps")
    ])
    func packetRateText(_ rate: Double, _ text: String) {
        #expect(PacketRate(packetsPerSecond: rate).description == text)
    }

    @Test(arguments: [(9.8e9, "9.8 Gb/s"), (64, "64 b/s"), (7_619_047_619, "7.619 Gb/s"), (1e13, "10 Tb/s")])
    func bitRateText(_ rate: Double, _ text: String) {
        #expect(BitRate(bitsPerSecond: rate).description == text)
    }

    @Test func storedAsPlainNumbersOfTheBaseUnit() throws {
        #expect(try json(PacketRate(packetsPerSecond: 1.5e6)) == #"{"packetsPerSecond":1500000}"#)
        #expect(try json(BitRate(bitsPerSecond: 5e9)) == #"{"bitsPerSecond":5000000000}"#)
    }

    // MARK: Conversion

    @Test func tenGigabitLineRateOf64ByteFrames() throws {
        let tenGigabit = BitRate(bitsPerSecond: 10e9)
        let rate = try #require(try RateRequest.percent(100).packetRate(meanFrameBytes: 64, lineRate: tenGigabit))
        #expect(abs(rate.packetsPerSecond - 14_880_952.38) < 0.01)
        #expect(abs(rate.layer1(meanFrameBytes: 64).bitsPerSecond - 10e9) < 1e-3)
    }

    @Test(arguments: [(1_518.0, 812_743.82), (512, 2_349_624.06), (9_018, 138_304.93)])
    func tenGigabitLineRates(_ frameBytes: Double, _ expected: Double) {
        // RFC 2544 style sizes; the figures are those of any data sheet.
        let rate = BitRate(bitsPerSecond: 10e9).packetRateAtLayer1(meanFrameBytes: frameBytes)
        #expect(abs(rate.packetsPerSecond - expected) < 0.01)
    }

    @Test func layer2RatesCountTheFrameOnly() throws {
        let request = RateRequest.bits(BitRate(bitsPerSecond: 512e6))
        #expect(try request.packetRate(meanFrameBytes: 64, lineRate: nil)?.packetsPerSecond == 1e6)
        #expect(PacketRate(packetsPerSecond: 1e6).layer2(meanFrameBytes: 64).bitsPerSecond == 512e6)
        #expect(PacketRate(packetsPerSecond: 1e6).layer1(meanFrameBytes: 64).bitsPerSecond == 672e6)
    }

    @Test func maxIsNoRate() throws {
        #expect(try RateRequest.max.packetRate(meanFrameBytes: 64, lineRate: nil) == nil)
    }

    @Test func whatCannotBeConverted() {
        #expect(throws: RateRequest.ConversionError.missingLineRate) {
            try RateRequest.percent(5).packetRate(meanFrameBytes: 64, lineRate: nil)
        }
        #expect(throws: RateRequest.ConversionError.outOfRange(PacketRate(packetsPerSecond: 1e15 / 512))) {
            try RateRequest.bits(BitRate(bitsPerSecond: 1e15)).packetRate(meanFrameBytes: 64, lineRate: nil)
        }
        #expect("\(RateRequest.ConversionError.missingLineRate)" == "a percentage needs a line rate to be a percentage of")
    }
}

@Suite struct RateRequestTests {
    @Test(
        arguments: [
            ("max", .max), ("MAX", .max), ("1.5mpps", .packets(PacketRate(packetsPerSecond: 1.5e6))),
            ("5gbps", .bits(BitRate(bitsPerSecond: 5e9))), ("1G", .bits(BitRate(bitsPerSecond: 1e9))), ("23%", .percent(23)),
            ("0.1 %", .percent(0.1)),
            ("100%", .percent(100))
        ] as [(String, RateRequest)])
    func requests(_ text: String, _ expected: RateRequest) throws {
        #expect(try RateRequest(parsing: text) == expected)
    }

    @Test(
        arguments: [
            ("1000", .missingUnit), ("0%", .zero), ("101%", .tooLarge), ("-1%", .negative), ("full", .notANumber),
            ("maximum", .notANumber),
            ("5 parsecs", .unknownUnit("parsecs")), ("0gbps", .zero), ("0.1bps", .tooSmall), ("1e20bps", .tooLarge)
        ] as [(String, QuantityError.Problem)])
    func wrongRequests(_ text: String, _ problem: QuantityError.Problem) throws {
        let error = try #require(throws: QuantityError.self) { try RateRequest(parsing: text) }
        #expect(error.problem == problem)
    }

    @Test(arguments: ["max", "1.5mpps", "500kpps", "1gpps", "5gbps", "9.6kbps", "23%", "0.25%", "100pps", "1.488095238mpps", "0.5pps"])
    func textComesBack(_ text: String) throws {
        #expect(try RateRequest(parsing: text).description == text)
    }

    @Test func anyRequestSurvivesItsText() throws {
        var generator = SeededGenerator()
        for _ in 0..<5_000 {
            let power = Double.random(in: 0..<1, using: &generator)
            let number = Double.random(in: 1..<1e6, using: &generator) * (power < 0.5 ? 1 : 1e6)
            for request in [
                RateRequest.packets(PacketRate(packetsPerSecond: number)), .bits(BitRate(bitsPerSecond: number)),
                .percent(max(1e-6, number / 1e10))
            ] {
                #expect(try RateRequest(parsing: request.description) == request)
            }
        }
    }

    @Test func storedAsText() throws {
        #expect(try json([RateRequest.max, .percent(23)]) == #"["max","23%"]"#)
        let decoded = try JSONDecoder().decode([RateRequest].self, from: Data(#"["MAX", "1.5 Mpps"]"#.utf8))
        #expect(decoded == [.max, .packets(PacketRate(packetsPerSecond: 1.5e6))])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([RateRequest].self, from: Data(#"["7"]"#.utf8)) }
    }
}

private func json(_ value: some Encodable) throws -> String {
    String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
}
