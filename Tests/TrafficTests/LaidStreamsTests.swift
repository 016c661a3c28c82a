import Frames
import TestSupport
import Testing

@testable import Traffic

/// Frames laid in an order of a schedule's: each is what the program tells of its stream and number.
@Suite struct LaidStreamsTests {
    private func parts() throws -> [StreamProgram.Part] {
        var tagged = FrameRecipe()
        tagged.vlans = [9]
        return [
            .init(try FrameProgram(FrameRecipe(), sizes: #require(FrameSizes("64,128")), flows: 7), share: 1),
            .init(try FrameProgram(tagged, sizes: #require(FrameSizes("68:7,594:4,1518:1"))), share: 1),
            .init(try FrameProgram(FrameRecipe(), sizes: #require(FrameSizes("96")), flows: 1000), share: 1)
        ]
    }

    /// What a port does: lay the base, then have it filled in.
    private func frame(_ laid: inout LaidStreams, _ identifier: StreamIdentifier, _ sequence: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        laid.showBase { base in bytes = base.withUnsafeBytes { Array($0) } }
        var whole = bytes.mutableSpan
        var span = whole.mutableBytes
        laid.fill(
            &span, StampPoint(signatureOffset: 999), stream: identifier, sequence: sequence, timestampNanoseconds: 5)
        return bytes
    }

    /// - Parameter most: how many of a stream's numbers are left to other workers at a time.
    @Test(arguments: [0, 3, 5_000] as [UInt64]) func framesAreTheProgramsWhateverTheOrder(most: UInt64) throws {
        var random = SeededGenerator()
        let program = StreamProgram(try parts())
        var laid = LaidStreams(program)
        let identifier = StreamIdentifier(epoch: 3, worker: 1, key: 77)
        for phase in 0..<3 {
            laid.begin()
            var next = [UInt64](repeating: 0, count: 3)
            var sent: [(stream: Int, own: UInt64)] = []
            for sequence in 0..<400 as Range<UInt64> {
                let stream = Int.random(in: 0..<3, using: &random)
                let own = next[stream] + UInt64.random(in: 0...most, using: &random)
                next[stream] = own + 1
                sent.append((stream, own))
                laid.choose(stream: stream, own: own)
                let planned = program.frame(own, ofStream: stream)
                let expected = planned.stamped(stream: identifier.naming(planned.stream), sequence: sequence, timestampNanoseconds: 5)
                #expect(frame(&laid, identifier, sequence) == expected, "phase \(phase), frame \(sequence)")
            }
            // Those that never left are in no count.
            for (stream, own) in sent.suffix(33) { laid.uncount(stream: stream, own: own) }
            let kinds = sent.dropLast(33).reduce(into: [FrameKind: UInt64]()) { kinds, place in
                kinds[
                    FrameKind(stream: place.stream, byteCount: program.frame(place.own, ofStream: place.stream).bytes.count), default: 0] +=
                    1
            }
            #expect(laid.kinds == kinds)
        }
    }
}
