import Frames
import TestSupport
import Testing

@testable import Traffic

@Suite struct StreamProgramTests {
    private func program(size: String = "64", flows: UInt64? = nil, vlan: UInt16? = nil) throws -> FrameProgram {
        var recipe = FrameRecipe()
        if let vlan { recipe.vlans = [vlan] }
        return try FrameProgram(recipe, sizes: #require(FrameSizes(size)), flows: flows)
    }

    @Test func sharesAreExactInEveryRoundAndSpread() throws {
        let mix = StreamProgram([.init(try program(), share: 1), .init(try program(size: "128"), share: 4)])
        #expect(mix.pattern == [1, 1, 0, 1, 1] || mix.pattern.filter { $0 == 1 }.count == 4)
        for start in 0..<20 as Range<UInt64> {
            let streams = (start..<(start + 5)).map { mix.frame($0).stream }
            #expect(streams.filter { $0 == 0 }.count == 1)
        }
        #expect(mix.slotCycle == 5 && mix.cycleFrames == 5)
    }

    /// A stream's frames are its own program's, one after the other, whatever stands between them.
    @Test func eachStreamGoesOnInItsOwnOrder() throws {
        let parts = [
            try program(size: "64,128", flows: 7), try program(size: "68:7,594:4,1518:1", vlan: 9), try program(size: "256", flows: 1000)
        ]
        let mix = StreamProgram([.init(parts[0], share: 3), .init(parts[1], share: 1), .init(parts[2], share: 2)])
        var next = [UInt64](repeating: 0, count: 3)
        for index in 0..<5000 as Range<UInt64> {
            let frame = mix.frame(index)
            let stream = Int(frame.stream)
            #expect(frame.bytes == parts[stream].frame(next[stream]).bytes)
            next[stream] += 1
        }
        #expect(next == [2500, 833, 1667])
        #expect(mix.flows == 7 + 1 + 1000)
        #expect(mix.slotCycle == 6 * 12 && mix.cycleFrames == 6 * 3500 * 3)
    }

    @Test func oneStreamIsItsProgram() throws {
        let one = try program(size: "64,128", flows: 7)
        let mix = StreamProgram(one)
        #expect(mix.slotCycle == 2 && mix.cycleFrames == one.cycleFrames)
        for index in 0..<40 as Range<UInt64> { #expect(mix.frame(index) == one.frame(index)) }
    }

    /// What the filler lays into slots is what the program tells, over phases, refusals and slots that were passed over.
    @Test(arguments: [11, 12, 13] as [UInt64])
    func fillerAndProgramMakeTheSameFrames(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let parts = [
            try program(size: "64,128", flows: 7), try program(size: "68:7,594:4,1518:1", vlan: 9), try program(size: "96", flows: 1000)
        ]
        let mix = StreamProgram(parts.map { .init($0, share: Int.random(in: 1...5, using: &random)) })
        let bases = mix.bases
        #expect(UInt64(bases.count) == mix.slotCycle)
        var filler = StreamFiller(mix)
        let identifier = StreamIdentifier(epoch: 3, worker: 1, key: 77)
        var place: UInt64 = 0
        // Each stream's own next frame, which a port that passes over slots skips as well.
        for phase in 0..<6 {
            let count = Int.random(in: 1...300, using: &random)
            for sequence in 0..<UInt64(count) {
                let slot = bases[Int(place % mix.slotCycle)]
                var bytes = slot.bytes
                bytes.withUnsafeMutableBytes {
                    filler.fill($0.baseAddress!, slot.stampPoint, stream: identifier, sequence: sequence, timestampNanoseconds: 5)
                }
                let planned = mix.frame(place)
                let expected = planned.stamped(stream: identifier.naming(planned.stream), sequence: sequence, timestampNanoseconds: 5)
                #expect(bytes == expected, "seed \(seed), phase \(phase), frame \(sequence)")
                place += 1
            }
            let refused = UInt64.random(in: 0...UInt64(count), using: &random)
            if phase % 2 == 0 {
                // The port goes back to their slots.
                place -= refused
                filler.resume(at: Int(place % mix.slotCycle), refused: refused)
            } else {
                // It passes over a few slots.
                let over = UInt64.random(in: 0..<mix.slotCycle, using: &random)
                place += over
                filler.resume(at: Int(place % mix.slotCycle), refused: 0)
            }
        }
    }

    @Test func countsKnowStreamsAndSizes() throws {
        let mix = StreamProgram([.init(try program(size: "64,128"), share: 1), .init(try program(size: "64"), share: 2)])
        let bases = mix.bases
        for first in 0..<7 {
            for frames in 0..<40 as Range<UInt64> {
                var expected: [FrameKind: UInt64] = [:]
                for index in 0..<frames {
                    let base = bases[(first + Int(index)) % bases.count]
                    expected[FrameKind(stream: Int(base.stream), byteCount: base.bytes.count), default: 0] += 1
                }
                #expect(FrameSchedule.counts(of: bases, frames: frames, from: first) == expected)
            }
        }
    }
}
