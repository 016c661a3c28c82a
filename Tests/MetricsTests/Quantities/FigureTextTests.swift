import Foundation
import Metrics
import TestSupport
import Testing

@Suite struct FigureTextTests {
    @Test(
        arguments: [
            (0, "0 ns"), (1, "1 ns"), (850, "850 ns"), (999, "999 ns"), (1_000, "1 µs"), (1_234, "1.234 µs"),
            (12_345, "12.35 µs"),
            (12_344, "12.34 µs"), (123_450, "123.5 µs"), (999_949, "999.9 µs"), (999_950, "1 ms"),
            (61_500_000_000, "61.5 s"),
            (86_400_000_000_000, "86400 s"), (.max, "18446744074 s")
        ] as [(UInt64, String)])
    func nanoseconds(_ value: UInt64, _ text: String) {
        #expect(FigureText.nanoseconds(value) == text)
    }

    @Test(
        arguments: [
            (0, "0 ns"), (0.25, "0.25 ns"), (12.3456, "12.35 ns"), (1_234.5, "1.235 µs"), (-1_500, "-1.5 µs"),
            (.nan, "n/a"), (.infinity, "n/a"),
            (0.000049, "0.000049 ns"), (5e-05, "0.00005 ns")
        ] as [(Double, String)])
    func meanNanoseconds(_ value: Double, _ text: String) {
        #expect(FigureText.nanoseconds(value) == text)
    }

    @Test(
        arguments: [
            (0, "0"), (7, "7"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567"), (-1, "-1"), (-123, "-123"),
            (-1_234, "-1,234"),
            (.max, "9,223,372,036,854,775,807"), (.min, "-9,223,372,036,854,775,808")
        ] as [(Int64, String)])
    func counts(_ value: Int64, _ text: String) {
        #expect(FigureText.count(value) == text)
    }

    @Test func countsOfAllBits() {
        #expect(FigureText.count(UInt64.max) == "18,446,744,073,709,551,615")
    }

    @Test(
        arguments: [
            (0, "0 %"), (1, "100 %"), (0.5, "50 %"), (0.12345, "12.3 %"), (0.001234, "0.123 %"), (0.00005, "0.005 %"),
            (0.000123, "0.0123 %"),
            (0.99949, "99.9 %"), (0.99999, ">99.9 %"), (1e-9, "<0.0001 %"), (0.000001, "0.0001 %"), (-0.032, "-3.2 %"),
            (-1e-9, ">-0.0001 %"),
            (-0.99999, "<-99.9 %"), (1.5, "150 %"), (12.3456, "1235 %"), (0.010050, "1.01 %"), (.nan, "n/a"),
            (-.infinity, "n/a")
        ] as [(Double, String)])
    func percent(_ ratio: Double, _ text: String) {
        #expect(FigureText.percent(ratio) == text)
    }

    @Test func roundingAgreesWithTheCLibrary() {
        var generator = SeededGenerator()
        for _ in 0..<5_000 {
            // 100.0 to 999.9 ms; the last digit keeps it off the ties, where C looks at the binary value.
            let nanoseconds = UInt64.random(in: 1_000_000..<9_999_000, using: &generator) * 100 + 3
            #expect(FigureText.nanoseconds(nanoseconds) == cText(Double(nanoseconds) / 1_000_000) + " ms")
        }
    }

    private func cText(_ milliseconds: Double) -> String {
        let text = String(format: "%.1f", milliseconds)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    @Test(arguments: [(0.031, "3.1"), (0.00474, "0.47"), (0.1234, "12"), (1.5, "150"), (0, "0"), (-0.02, "-2")])
    func roughPercentsHaveTwoDigits(_ ratio: Double, _ text: String) { #expect(FigureText.roughPercent(ratio) == text) }
}
