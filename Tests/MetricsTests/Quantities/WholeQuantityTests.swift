import Metrics
import TestSupport
import Testing

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("10", 10_000_000_000), ("10s", 10_000_000_000), ("500ms", 500_000_000), ("3m", 180_000_000_000),
        ("3min", 180_000_000_000),
        ("1h", 3_600_000_000_000), ("250us", 250_000), ("250µs", 250_000), ("250\u{3BC}s", 250_000), ("7ns", 7),
        ("0", 0), ("0ms", 0),
        ("1.5s", 1_500_000_000), ("0.1", 100_000_000), ("1.000000001s", 1_000_000_001), ("2 MS", 2_000_000),
        ("1e3s", 1_000_000_000_000),
        ("9223372036854775807ns", 9_223_372_036_854_775_807),
        ("1m30s", 90_000_000_000), ("1h30m", 5_400_000_000_000), ("1 min 30 s", 90_000_000_000), ("1s500ms", 1_500_000_000)
    ])
    func durations(_ text: String, _ expected: UInt64) throws {
        #expect(try DurationText(parsing: text).nanoseconds == expected)
    }

    @Test(
        arguments: [
            ("", .empty), ("-1s", .negative), ("nan", .notANumber), ("s", .notANumber),
            ("10 years", .unknownUnit("years")), ("30m1h", .notANumber), ("1m30", .notANumber), ("1m1m", .notANumber),
            ("1m-3s", .notANumber),
            ("0.5ns", .notWhole(of: "nanoseconds")), ("1e-40s", .notWhole(of: "nanoseconds")),
            ("9223372036854775808ns", .tooLarge),
            ("1e10", .tooLarge), ("1e99h", .tooLarge), ("99999999999999999999h", .tooLarge)
        ] as [(String, QuantityError.Problem)])
    func wrongDurations(_ text: String, _ problem: QuantityError.Problem) throws {
        let error = try #require(throws: QuantityError.self) { try DurationText(parsing: text) }
        #expect(error.problem == problem)
    }

    @Test(arguments: [
        (0, "0 s"), (1, "1 ns"), (12_300, "12.3 µs"), (500_000_000, "500 ms"), (1_500_000_000, "1.5 s"),
        (10_000_000_000, "10 s"),
        (60_000_000_000, "1 min"), (90_000_000_000, "90 s"), (7_200_000_000_000, "2 h"),
        (1_234_567_891, "1.234567891 s")
    ])
    func text(_ nanoseconds: UInt64, _ text: String) {
        #expect(DurationText(nanoseconds: nanoseconds).description == text)
    }

    @Test func anyDurationSurvivesItsText() throws {
        var generator = SeededGenerator()
        for _ in 0..<5_000 {
            let duration = DurationText(nanoseconds: generator.nextOfAnyLength(bits: 63))
            #expect(try DurationText(parsing: duration.description) == duration)
        }
    }
}

@Suite struct CountTextTests {
    @Test(
        arguments: [
            ("1M", 1_000_000), ("500k", 500_000), ("500K", 500_000), ("1_000_000", 1_000_000), ("1e6", 1_000_000),
            ("0", 0), ("1.5k", 1_500),
            ("2g", 2_000_000_000), ("1T", 1_000_000_000_000), ("18446744073709551615", .max), ("00012", 12), ("1.0", 1),
            ("12e-1k", 1_200)
        ] as [(String, UInt64)])
    func counts(_ text: String, _ expected: UInt64) throws {
        #expect(try CountText(parsing: text).count == expected)
    }

    @Test(
        arguments: [
            ("", .empty), ("-1", .negative), ("1.5", .notWhole(of: nil)), ("1.0001k", .notWhole(of: nil)),
            ("many", .notANumber),
            ("1_", .notANumber), ("_1", .notANumber), ("18446744073709551616", .tooLarge), ("1e20", .tooLarge),
            ("99999999999T", .tooLarge), ("5 frames", .unknownUnit("frames"))
        ] as [(String, QuantityError.Problem)])
    func wrongCounts(_ text: String, _ problem: QuantityError.Problem) throws {
        let error = try #require(throws: QuantityError.self) { try CountText(parsing: text) }
        #expect(error.problem == problem)
    }

    @Test(
        arguments: [
            (0, "0"), (1_000_000, "1M"), (500_000, "500k"), (1_500, "1500"), (2_000_000_000, "2G"),
            (.max, "18446744073709551615")
        ] as [(UInt64, String)])
    func text(_ count: UInt64, _ text: String) throws {
        #expect(CountText(count: count).description == text)
        #expect(try CountText(parsing: text).count == count)
    }
}

@Suite struct ByteCountTests {
    @Test(arguments: [
        ("2MiB", 2_097_152), ("128KiB", 131_072), ("4096", 4_096), ("64b", 64), ("1 gib", 1_073_741_824),
        ("1.5KiB", 1_536), ("0", 0), ("1TiB", 1 << 40)
    ])
    func sizes(_ text: String, _ expected: Int) throws {
        #expect(try ByteCount(parsing: text).bytes == expected)
    }

    @Test(
        arguments: [
            ("", .empty), ("-1", .negative), ("2MB", .unknownUnit("mb")), ("2k", .unknownUnit("k")),
            ("1.5", .notWhole(of: "bytes")),
            ("8388608TiB", .tooLarge), ("big", .notANumber)
        ] as [(String, QuantityError.Problem)])
    func wrongSizes(_ text: String, _ problem: QuantityError.Problem) throws {
        let error = try #require(throws: QuantityError.self) { try ByteCount(parsing: text) }
        #expect(error.problem == problem)
    }

    @Test(
        arguments: [
            (0, "0 B"), (131_072, "128 KiB"), (1_000, "1000 B"), (2_097_152, "2 MiB"), (1 << 40, "1 TiB"),
            (-2_048, "-2 KiB"), (.min, "-8388608 TiB")
        ] as [(Int, String)])
    func text(_ bytes: Int, _ text: String) {
        #expect(ByteCount(bytes: bytes).description == text)
    }
}
