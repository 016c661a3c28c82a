import Frames
import Kernel
import Metrics
import TestSupport
import Testing
import Traffic

@testable import XDP

@Suite(.enabled(if: BPFAccess.isGranted)) struct GeneratorProgramTests {
    /// Over 250 plans, all that varies: each frame has the bytes that user space would have sent, also on a page that holds
    /// another frame of the schedule already.
    @Test func framesAreTheTemplateEnginesByteForByte() throws {
        var random = SeededGenerator()
        for number in 0..<250 {
            let plan = RandomPlan(using: &random)
            let templates = try plan.templates()
            let stream = StreamIdentifier(rawValue: UInt32.random(in: 0 ... .max, using: &random))
            let timestamp = random.nextOfAnyLength(bits: 64)
            let generator = try GeneratorProgram(
                templates: templates, stream: stream,
                settings: GeneratorSettings(timestamp: .fixed(timestamp), destination: .action(.transmit)))
            let first = random.nextOfAnyLength(bits: 47)
            generator.restart(stream: stream, sequence: first)
            var page = generator.frame
            for sequence in first..<(first + UInt64(min(templates.count + 2, 40))) {
                let outcome = try generator.program.run(frame: page)
                let expected = expectedFrame(templates, stream: stream, sequence: sequence, timestampNanoseconds: timestamp)
                #expect(outcome.action == .transmit)
                #expect(outcome.frame == expected, "plan \(number), \(plan), sequence \(sequence)")
                guard outcome.frame == expected else { return }
                // What a live frame's page holds afterwards: the written bytes, and those behind a shorter end.
                page.replaceSubrange(0..<outcome.frame.count, with: outcome.frame)
            }
            let made = generator.nextSequence - first
            #expect(made == UInt64(min(templates.count + 2, 40)))
        }
    }

    /// Over 300 loads of any rules, also where sizes or the whole cycle begin anew: the fields that a program works out are those that
    /// user space lays in.
    @Test func workedOutFieldsAreThePatchersByteForByte() throws {
        var random = SeededGenerator()
        var compared = 0
        for number in 0..<300 {
            let traffic = RandomTraffic(using: &random)
            let frames = try traffic.program()
            let longest = frames.bases.map(\.bytes.count).max()!
            guard longest <= LiveFrames.maximumFrameBytes else { continue }
            let stream = StreamIdentifier(rawValue: UInt32.random(in: 0 ... .max, using: &random))
            let rewrites = Bool.random(using: &random)
            let generator = try GeneratorProgram(
                templates: frames.bases, rules: frames, stream: stream,
                settings: GeneratorSettings(timestamp: .fixed(77), destination: .action(.transmit), rewritesHeaders: rewrites))
            let cycle = frames.cycleFrames
            let skip = frames.stretch * UInt64.random(in: 1...(cycle / frames.stretch), using: &random)
            for start in [0, skip, cycle, UInt64.random(in: 0..<(1 << 47), using: &random)] {
                let first = start - min(start, 6)
                generator.restart(stream: stream, sequence: first)
                var page = generator.frame
                for sequence in first..<(first + 12) {
                    if rewrites {
                        for offset in 0..<Int(frames.bases[0].stampPoint.signatureOffset) {
                            page[offset] = UInt8.random(in: 0 ... .max, using: &random)
                        }
                    }
                    let outcome = try generator.program.run(frame: page)
                    let expected = frames.frame(sequence).stamped(stream: stream, sequence: sequence, timestampNanoseconds: 77)
                    #expect(outcome.frame == expected, "load \(number), sequence \(sequence), \(traffic.arguments)")
                    guard outcome.frame == expected else { return }
                    page.replaceSubrange(0..<outcome.frame.count, with: outcome.frame)
                }
            }
            compared += 1
        }
        #expect(compared > 50)
    }

    /// Whoever had the page before took its tag out, lowered its hop limit, did what it liked: the next frame is whole all the same.
    @Test func headersAreWrittenAnewWhereTheyMayHaveChanged() throws {
        var random = SeededGenerator()
        for number in 0..<60 {
            let plan = RandomPlan(using: &random)
            let templates = try plan.templates()
            let stream = StreamIdentifier(rawValue: UInt32.random(in: 0 ... .max, using: &random))
            let generator = try GeneratorProgram(
                templates: templates, stream: stream,
                settings: GeneratorSettings(timestamp: .fixed(77), destination: .action(.transmit), rewritesHeaders: true))
            var page = generator.frame
            for sequence in 0..<UInt64(min(templates.count + 2, 10)) {
                for offset in 0..<Int(templates[0].stampPoint.signatureOffset) {
                    page[offset] = UInt8.random(in: 0 ... .max, using: &random)
                }
                let outcome = try generator.program.run(frame: page)
                let expected = expectedFrame(templates, stream: stream, sequence: sequence, timestampNanoseconds: 77)
                #expect(outcome.frame == expected, "plan \(number), \(plan), sequence \(sequence)")
                guard outcome.frame == expected else { return }
                page.replaceSubrange(0..<outcome.frame.count, with: outcome.frame)
            }
        }
    }

    /// Timestamps and sequence numbers under which sums come to 0xFFFF, the checksum's two forms of zero.
    @Test func checksumsOfZeroAreSentAsTheirOtherForm() throws {
        var recipe = FrameRecipe()
        recipe.udpChecksum = true
        let template = try FrameBuilder.build(recipe)
        let stream = StreamIdentifier(epoch: 1, worker: 2)
        var seen = 0
        // The last 16-bit word of the timestamp runs through all values, so one of them brings the sum to 0xFFFF.
        let head = UInt64(Signature.magic) + UInt64(stream.rawValue >> 16) + UInt64(stream.rawValue & 0xFFFF)
        let others = UInt64(template.stampPoint.checksumSeed) + head
        let last = UInt64(InternetChecksum.finished(UInt32(others)))
        for timestamp in [last, last &+ 0xFFFF, 0x1_0000 | (last &- 1)] {
            let generator = try GeneratorProgram(
                templates: [template], stream: stream,
                settings: GeneratorSettings(timestamp: .fixed(timestamp), destination: .action(.transmit)))
            let frame = try generator.program.run(frame: generator.frame).frame
            #expect(frame == expectedFrame([template], stream: stream, sequence: 0, timestampNanoseconds: timestamp))
            if frame[40] == 0xFF && frame[41] == 0xFF { seen += 1 }
        }
        #expect(seen == 3)
    }

    /// Sums whose second fold still carries, which few have: the third one is needed.
    @Test func carriesAreFoldedToTheEnd() throws {
        var random = SeededGenerator()
        var recipe = FrameRecipe()
        recipe.udpChecksum = true
        let template = try FrameBuilder.build(recipe)
        let stream = StreamIdentifier(epoch: 1, worker: 2)
        let head = Signature.head(stream, 0)
        let constant = UInt64(template.stampPoint.checksumSeed) + head >> 32 + head & 0xFFFF_FFFF
        func carriesTwice(_ timestamp: UInt64) -> Bool {
            var sum = constant + timestamp >> 32 + timestamp & 0xFFFF_FFFF
            for _ in 0..<2 { sum = sum & 0xFFFF + sum >> 16 }
            return sum > 0xFFFF
        }
        var seen = 0
        while seen < 5 {
            let timestamp = random.next()
            guard carriesTwice(timestamp) else { continue }
            seen += 1
            let generator = try GeneratorProgram(
                templates: [template], stream: stream,
                settings: GeneratorSettings(timestamp: .fixed(timestamp), destination: .action(.transmit)))
            let frame = try generator.program.run(frame: generator.frame).frame
            #expect(frame == expectedFrame([template], stream: stream, sequence: 0, timestampNanoseconds: timestamp))
        }
    }

    @Test func timestampsAreTheMonotonicClockPlusTheOffset() throws {
        let template = try FrameBuilder.build(FrameRecipe())
        for offset in [0, 1_700_000_000_000_000_000] as [Int64] {
            let generator = try GeneratorProgram(
                templates: [template], stream: StreamIdentifier(epoch: 0, worker: 0),
                settings: GeneratorSettings(timestamp: .now(offsetNanoseconds: offset), destination: .action(.transmit)))
            let before = Clock.monotonicNanoseconds + UInt64(offset)
            let frame = try generator.program.run(frame: generator.frame).frame
            let after = Clock.monotonicNanoseconds + UInt64(offset)
            let signature = Signature.read(frame, at: 42)
            let stamped = try #require(signature).timestampNanoseconds
            #expect(before <= stamped && stamped <= after)
        }
    }

    /// The times of 2,100 frames, paced and not: those that `SampleCountdown` says, each read as it was made.
    @Test(arguments: ["1/2", "1/16", "1/64", "1/100", "1/127", "1/1000", "off", "all"], [false, true])
    func oneFrameInSoManyCarriesTheTime(_ word: String, isPaced: Bool) throws {
        let sampling = try #require(LatencySampling(word))
        let template = try FrameBuilder.build(FrameRecipe())
        let stream = StreamIdentifier(epoch: 3, worker: 1)
        let generator = try GeneratorProgram(
            templates: [template], stream: stream,
            settings: GeneratorSettings(destination: .action(.transmit), isPaced: isPaced, sampling: sampling))
        let limit: UInt64 = 2_050
        for _ in 0..<2 {
            generator.restart(stream: stream)
            generator.setLimit(limit)
            if isPaced { generator.setPace(dueNanoseconds: 0, intervalNanoseconds: 0, limit: .max) }
            var countdown = SampleCountdown(period: sampling.period)
            var (known, knownSince) = (0 as UInt64, 0 as UInt64)
            for sequence in 0..<2_100 as Range<UInt64> {
                let before = Clock.monotonicNanoseconds
                let frame = try generator.program.run(frame: generator.frame).frame
                let after = Clock.monotonicNanoseconds
                let stamped = try #require(Signature.read(frame, at: 42)).timestampNanoseconds
                let isTimed = countdown.time(1) != 0
                #expect(isTimed ? (before...after).contains(stamped) : stamped == 0, "frame \(sequence)")
                #expect(frame == expectedFrame([template], stream: stream, sequence: sequence, timestampNanoseconds: stamped))
                // The first and the last asked for are known exactly, and between them one in 64 at least.
                let made = generator.lastNanoseconds
                let last = try #require(made)
                if sequence == 0 || sequence + 1 == limit || isTimed || isPaced { #expect((before...after).contains(last)) }
                if last != known { (known, knownSince) = (last, sequence) }
                #expect(sequence - knownSince < 64)
                let begun = generator.firstNanoseconds
                #expect(sequence > 0 || begun == last)
            }
        }
    }

    @Test func aDestinationIsARedirect() throws {
        let template = try FrameBuilder.build(FrameRecipe())
        let generator = try GeneratorProgram(
            templates: [template], stream: StreamIdentifier(epoch: 0, worker: 0),
            settings: GeneratorSettings(destination: .interface(index: 1)))
        #expect(try generator.program.run(frame: generator.frame).action == .redirect)
    }

    /// A frame that is shorter than the signature's end is nobody's: no byte is written behind it.
    @Test func aFrameTooShortIsAborted() throws {
        let template = try FrameBuilder.build(FrameRecipe())
        let generator = try GeneratorProgram(
            templates: [template], stream: StreamIdentifier(epoch: 0, worker: 0),
            settings: GeneratorSettings(destination: .action(.transmit)))
        let short = [UInt8](repeating: 0, count: 59)
        let outcome = try generator.program.run(frame: short)
        #expect(outcome.action == .aborted && outcome.frame == short)
    }

    @Test func framesBeyondAPageAreRefusedWithARemedy() throws {
        var recipe = FrameRecipe()
        recipe.sizeBytes = LiveFrames.maximumFrameBytes + EthernetWire.fcsBytes + 1
        let template = try FrameBuilder.build(recipe)
        var refusal: ProgramError?
        do {
            let generator = try GeneratorProgram(
                templates: [template], stream: StreamIdentifier(epoch: 0, worker: 0),
                settings: GeneratorSettings(destination: .action(.transmit)))
            #expect(generator.frame.isEmpty)
        } catch {
            refusal = error
        }
        #expect(refusal == .frameTooLarge(bytes: 3409, maximumBytes: 3408))
    }
}

@Suite struct TemplateTableTests {
    @Test func onlyWhatDiffersIsInTheRows() throws {
        let ports = FieldModifier(field: .sourcePort, mode: .increment, count: 3)
        let templates = try FrameSchedule.templates(FrameRecipe(), sizes: FrameSizes("64")!, modifiers: [ports])
        let table = TemplateTable(templates)
        // 49152, 49153, 49154 differ in their lower byte only, the 36th of the frame.
        #expect(table.chunks == [TemplateTable.Chunk(frameOffset: 35, rowOffset: 8, size: .byte)])
        #expect(table.rowBytes == 16 && table.rowCount == 3 && !table.hasSeveralSizes)
    }

    @Test func severalSizesChangeLengthsAndChecksum() throws {
        let templates = try FrameSchedule.templates(FrameRecipe(), sizes: FrameSizes("64,100")!)
        let table = TemplateTable(templates)
        #expect(table.hasSeveralSizes && table.frame.count == 96)
        // IPv4's total length (17), its checksum (25) and UDP's length (39): one byte each.
        #expect(table.chunks.map(\.frameOffset) == [17, 25, 39])
    }

    @Test func aScheduleOfOneFrameHasNoChunks() throws {
        #expect(TemplateTable([try FrameBuilder.build(FrameRecipe())]).chunks.isEmpty)
    }
}
