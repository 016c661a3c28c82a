import Testing

@testable import Frames
@testable import Traffic

@Suite struct FrameSizesTests {
    @Test(arguments: [
        ("64", "64"), ("64,512,1518", "64,512,1518"), ("imix", "imix"), ("IMIX", "imix"), ("64:7,594:4,1518:1", "imix"),
        ("imix-csit", "imix-csit"), ("64-1518", "64-1518"), ("64:2,128:1", "64:2,128:1")
    ])
    func textsAreReadAndWritten(_ text: String, _ canonical: String) {
        #expect(FrameSizes(text)?.description == canonical)
    }

    @Test(arguments: [
        "", "17", "70000", "x", "64,", "64:0", "64:-1", "64:1:2", "64.5", "64:2000", "17-64", "100-64", "64-65000", "64-128:2"
    ])
    func whatIsNoSizeIsNil(_ text: String) {
        #expect(FrameSizes(text) == nil)
    }

    /// All of them once a round, and in any hundred frames about the mean.
    @Test func rangesHoldEachSizeOnce() throws {
        let sizes = try #require(FrameSizes("64-1518"))
        #expect(sizes.round.sorted() == Array(64...1518) && sizes.meanBytes == 791)
        let round = sizes.round + sizes.round
        for start in 0..<1_455 {
            let mean = Double(round[start..<(start + 100)].reduce(0, +)) / 100
            #expect(abs(mean - 791) < 40, "from \(start): \(mean)")
        }
    }

    @Test func imixHasItsMeanAndSpread() {
        #expect(abs(FrameSizes.imix.meanBytes - (7 * 64 + 4 * 594 + 1518) / 12.0) < 1e-9)
        let round = FrameSizes.imix.round
        #expect(round.count == 12)
        #expect(round.filter { $0 == 64 }.count == 7)
        #expect(round.filter { $0 == 594 }.count == 4)
        // Spread, not in blocks: no three of the same large size in a row.
        #expect(!zip(round, round.dropFirst()).contains { $0 == 594 && $1 == 594 })
    }
}

@Suite struct FrameScheduleTests {
    @Test func cyclesAreProducts() throws {
        let ports = FieldModifier(field: .sourcePort, mode: .increment, count: 10)
        let addresses = FieldModifier(field: .destinationIPv4, mode: .random, count: 15)
        #expect(try FrameSchedule.cycleLength(sizes: .imix, modifiers: [ports, addresses]) == 1_800)
        let templates = try FrameSchedule.templates(FrameRecipe(), sizes: .imix, modifiers: [ports, addresses])
        #expect(templates.count == 1_800)
        #expect(abs(FrameSchedule.meanSizeBytes(of: templates) - FrameSizes.imix.meanBytes) < 1e-9)
    }

    @Test func incrementsStartAtThePlansValue() throws {
        let modifier = FieldModifier(field: .destinationPort, mode: .increment, count: 3, step: 5)
        let templates = try FrameSchedule.templates(FrameRecipe(), sizes: FrameSizes("64")!, modifiers: [modifier])
        #expect(templates.map { Int($0.bytes[36]) << 8 | Int($0.bytes[37]) } == [9, 14, 19])
    }

    @Test func randomValuesAreTheSeedsAndStayInTheirNetwork() throws {
        let modifier = FieldModifier(field: .sourceIPv4, mode: .random, count: 50)
        func addresses(_ seed: UInt64) throws -> [[UInt8]] {
            try FrameSchedule.templates(FrameRecipe(), sizes: FrameSizes("64")!, modifiers: [modifier], seed: seed)
                .map { Array($0.bytes[26..<30]) }
        }
        #expect(try addresses(1) == addresses(1))
        #expect(try addresses(1) != addresses(2))
        #expect(try addresses(1).allSatisfy { $0[0] == 198 && ($0[1] == 18 || $0[1] == 19) })
        #expect(Set(try addresses(1)).count > 40)
    }

    @Test func modifiersKeepVLANsInRange() throws {
        var recipe = FrameRecipe()
        recipe.vlans = [4094]
        recipe.sizeBytes = 68
        let modifier = FieldModifier(field: .vlan, mode: .increment, count: 3)
        let templates = try FrameSchedule.templates(recipe, sizes: FrameSizes("68")!, modifiers: [modifier])
        #expect(templates.map { Int($0.bytes[14]) << 8 | Int($0.bytes[15]) } == [4094, 1, 2])
    }

    @Test func whatCanNotBeModifiedIsAnError() {
        let sizes = FrameSizes("64")!
        #expect(throws: FrameError.noSuchField("vlan")) {
            try FrameSchedule.templates(
                FrameRecipe(), sizes: sizes, modifiers: [FieldModifier(field: .vlan, mode: .increment, count: 2)])
        }
        let long = [
            FieldModifier(field: .sourcePort, mode: .increment, count: 65_521),
            FieldModifier(field: .destinationPort, mode: .increment, count: 2)
        ]
        #expect(throws: FrameError.cycleTooLong(frames: 131_042, maximum: 65_536)) {
            try FrameSchedule.templates(FrameRecipe(), sizes: sizes, modifiers: long)
        }
    }

    @Test(arguments: ["sourcePort=inc:100", "destinationPort=inc:10:2", "sourceIPv4=random:50"])
    func modifiersAreReadAndWritten(_ text: String) {
        #expect(FieldModifier(text)?.description == text)
    }

    @Test(arguments: [
        "", "sourcePort", "sourcePort=inc", "sourcePort=inc:0", "sourcePort=inc:1:0", "nosuch=inc:1",
        "sourcePort=random:5:6..1", "sourcePort=up:5"
    ])
    func whatIsNoModifierIsNil(_ text: String) {
        #expect(FieldModifier(text) == nil)
    }
}
