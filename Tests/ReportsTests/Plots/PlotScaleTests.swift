import Testing

@testable import Reports

@Suite struct PlotScaleTests {
    @Test func linearScalesEndOnRoundValues() {
        let scale = PlotScale(.linear, around: [0, 97_630]).placed(from: 0, to: 100)
        #expect(scale.low == 0 && scale.high == 100_000)
        #expect(scale.ticks(about: 5) == [0, 20_000, 40_000, 60_000, 80_000, 100_000])
        #expect(scale.place(0) == 0 && scale.place(50_000) == 50 && scale.place(100_000) == 100)
    }

    @Test func zeroIsOnTheAxisUnlessAskedOtherwise() {
        #expect(PlotScale(.linear, around: [990, 1_000]).low == 0)
        let near = PlotScale(.linear, around: [990, 1_000], isFromZero: false)
        #expect(near.low == 990 && near.high == 1_000)
        #expect(PlotScale(.linear, around: [-3, 4]).low <= -3)
    }

    @Test func logarithmicScalesHaveTheirDecades() {
        let scale = PlotScale(.logarithmic, around: [1_200, 80_000]).placed(from: 0, to: 1)
        #expect(scale.low == 1_000 && scale.high == 100_000)
        #expect(scale.ticks(about: 3) == [1_000, 10_000, 100_000])
        #expect((scale.place(10_000) - 0.5).magnitude < 1e-9)
        let short = PlotScale(.logarithmic, around: [120, 700])
        #expect(short.ticks(about: 5) == [100, 200, 500, 1_000])
    }

    @Test(arguments: [[], [0], [5], [5, 5], [.nan, 3], [.infinity, 3], [-1], [1e-300, 1e300], [.leastNormalMagnitude]] as [[Double]])
    func whateverTheValuesPlacesAreOnTheAxis(_ values: [Double]) {
        for kind in [PlotScale.Kind.linear, .logarithmic] {
            let scale = PlotScale(kind, around: values).placed(from: 200, to: 10)
            #expect(scale.low < scale.high, "\(kind)")
            for value in values + [0, -1, 1e9, .nan] {
                let place = scale.place(value)
                #expect(place >= 10 && place <= 200, "\(kind) \(value): \(place)")
            }
            let ticks = scale.ticks(about: 5)
            #expect(!ticks.isEmpty && ticks.count < 40 && ticks.allSatisfy(\.isFinite), "\(kind): \(ticks)")
        }
    }

    @Test func ticksRiseAndAreAboutAsManyAsAskedFor() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let high = Double.random(in: 1...1e12, using: &generator)
            let ticks = PlotScale(.linear, around: [high]).ticks(about: 5)
            #expect((3...8).contains(ticks.count), "\(high): \(ticks)")
            #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0 < $1 })
        }
    }

    @Test(arguments: [
        (PlotUnit.frameRate, 1_352_000.0, "1.352 Mpps", "1.35M"), (.frameRate, 0, "0", "0"), (.nanoseconds, 12_300, "12.3 µs", "12.3µs"),
        (.ratio, 0.123, "12.3 %", "12.3%"), (.times, 1.2, "1.2×", "1.2×"), (.count, 1_234, "1,234", "1.23k"),
        (.bitRate, 25.6e6, "25.6 Mb/s", "25.6M")
    ])
    func unitsAreWritten(_ unit: PlotUnit, _ value: Double, _ text: String, _ compact: String) {
        #expect(unit.text(value) == text && unit.compact(value) == compact, "\(unit.text(value)), \(unit.compact(value))")
        #expect(unit.text(.nan) == "n/a" && unit.compact(.infinity) == "n/a")
    }
}

@Suite struct PaletteTests {
    /// Relative luminance (WCAG 2.2).
    private func luminance(_ colour: String) throws -> Double {
        let number = try #require(Int(colour.dropFirst(), radix: 16))
        let channels = [number >> 16, number >> 8 & 0xFF, number & 0xFF].map { channel -> Double in
            let share = Double(channel) / 255
            return share <= 0.04045 ? share / 12.92 : power((share + 0.055) / 1.055)
        }
        return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    }

    /// To 2.4, as the fifth root of the twelfth power, by Newton.
    private func power(_ base: Double) -> Double {
        let target = (0..<12).reduce(1.0) { product, _ in product * base }
        var root = 1.0
        for _ in 0..<200 { root -= (root * root * root * root * root - target) / (5 * root * root * root * root) }
        return root
    }

    private func contrast(_ one: String, _ other: String) throws -> Double {
        let (a, b) = (try luminance(one), try luminance(other))
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    @Test func contrastIsMeasuredAsWCAGSays() throws {
        #expect((try contrast("#000000", "#ffffff") - 21).magnitude < 0.01)
        #expect((try contrast("#767676", "#ffffff") - 4.54).magnitude < 0.01)
    }

    @Test func textCanBeReadOnWhatItStandsOn() throws {
        for (text, ground) in Palette.texts {
            #expect(try contrast(text.light, ground.light) >= 4.5, "\(text.name) on \(ground.name), light")
            #expect(try contrast(text.dark, ground.dark) >= 4.5, "\(text.name) on \(ground.name), dark")
        }
    }

    @Test func shapesStandOut() throws {
        for (shape, ground) in Palette.shapes {
            #expect(try contrast(shape.light, ground.light) >= 3, "\(shape.name) on \(ground.name), light")
            #expect(try contrast(shape.dark, ground.dark) >= 3, "\(shape.name) on \(ground.name), dark")
        }
    }

    @Test func heatRises() throws {
        for shades in [Palette.heat.map(\.light), Palette.heat.map(\.dark)] {
            let steps = try zip(shades, shades.dropFirst()).map { try luminance($0) - luminance($1) }
            #expect(steps.allSatisfy { $0 > 0 } || steps.allSatisfy { $0 < 0 }, "\(shades)")
        }
    }
}
