import Frames
import Kernel
import Links
import Memory
import Ports
import TestSupport
import Testing
import Traffic

@testable import XDP

private let signatureOffset = 42
private let stream = StreamIdentifier(epoch: 1, worker: 0)

/// Makes `frames` live frames of the pair's transmitting end, each worker on its own CPU where there are several.
private func send(
    _ pair: LinkPair, _ templates: [FrameTemplate], frames: UInt64?, worker: UInt8 = 0, brake: CallInterrupter? = nil
) throws -> LiveFrameOutcome {
    let index = pair.transmit.link.index
    return try pair.transmit.namespace.perform {
        let cpus = Topology.read().allowedCPUs
        try Affinity.pinThisThread(toCPU: cpus[Int(worker) % cpus.count])
        let generator = try GeneratorProgram(
            templates: templates, stream: StreamIdentifier(epoch: stream.epoch, worker: worker),
            settings: GeneratorSettings(destination: .interface(index: index)))
        return try LiveFrameRunner.run(generator, frames: frames, brake: try brake ?? CallInterrupter())
    }
}

/// Frames that found the peer's ring full: each moves this counter of the transmitting end by one (`veth_xdp_xmit`).
private func droppedFrames(_ pair: LinkPair) throws -> UInt64 {
    let statistics = try #require(pair.transmit.ethtool).statistics(of: pair.transmit.link.name)
    return statistics.filter { $0.key.hasSuffix("xdp_xmit_errors") || $0.key.hasSuffix("xdp_tx_errors") }.values.reduce(0, +)
}

@Suite(.enabled(if: BPFAccess.isGranted), .serialized) struct LiveFrameTests {
    @Test func thisKernelMakesLiveFrames() throws { try LiveFrames.attempt() }

    /// The bound that we state is the kernel's.
    @Test func aLiveFrameFillsItsPageAndNoMore() throws {
        var assembler = ProgramAssembler()
        assembler.move(.r0, XDPAction.drop.operand)
        assembler.exit()
        let drop = try BPFProgram(name: "drop", assembler)
        func attempt(_ bytes: Int) -> SystemError? {
            do {
                _ = try drop.runLive(frame: [UInt8](repeating: 0, count: bytes), repeats: 1)
                return nil
            } catch {
                return error
            }
        }
        #expect(attempt(LiveFrames.maximumFrameBytes) == nil)
        #expect(attempt(LiveFrames.maximumFrameBytes + 1)?.number == ErrorNumber.invalid)
    }

    /// Each frame that was made is received once, in order, or was dropped at the ring: the book closes.
    @Test func theBookOfLiveFramesCloses() throws {
        let pair = try LinkPair.makePrivate(LinkSettings())
        let counter = try CounterProgram(CounterSettings(signatureOffset: signatureOffset, workers: 1))
        let attachment = try XDPAttachment(counter.program, interfaceIndex: pair.receive.link.index, in: pair.receive.namespace)
        counter.restart(epoch: stream.epoch)
        let ports = FieldModifier(field: .sourcePort, mode: .increment, count: 10)
        let templates = try FrameSchedule.templates(FrameRecipe(), sizes: .imix, modifiers: [ports])
        let sent = try send(pair, templates, frames: 300_001)
        Clock.sleep(nanoseconds: 50_000_000)
        let worker = counter.report().workers[0]
        let dropped = try droppedFrames(pair)
        #expect(sent.frames == 300_001 && sent.calls == 1)
        #expect(worker.sequence.received + dropped == 300_001)
        #expect(worker.sequence.duplicates == 0 && worker.sequence.reordered == 0 && worker.queueChanges == 0)
        #expect(worker.latency.count == worker.sequence.received)
        if dropped == 0 {
            let round = templates.reduce(0) { $0 + $1.bytes.count }
            let rest = templates.prefix(300_001 % templates.count).reduce(0) { $0 + $1.bytes.count }
            #expect(worker.receivedBytes == UInt64(300_001 / templates.count * round + rest))
        }
        withExtendedLifetime(attachment) {}
    }

    /// Two workers at once, through a queue each and through one: each has its own book.
    @Test(arguments: [1, 2]) func twoWorkersHaveTwoBooks(_ queues: Int) throws {
        var settings = LinkSettings()
        settings.channels = LinkChannels(transmit: queues, receive: queues)
        let pair = try LinkPair.makePrivate(settings)
        let counter = try CounterProgram(CounterSettings(signatureOffset: signatureOffset, workers: 2))
        let attachment = try XDPAttachment(counter.program, interfaceIndex: pair.receive.link.index, in: pair.receive.namespace)
        counter.restart(epoch: stream.epoch)
        let templates = [try FrameBuilder.build(FrameRecipe())]
        let frames: UInt64 = 200_000
        let workers = try (0..<2).map { number in
            try WorkerThread(name: "live-\(number)") { try send(pair, templates, frames: frames, worker: UInt8(number)) }
        }
        for worker in workers { #expect(try worker.join().get().frames == frames) }
        Clock.sleep(nanoseconds: 50_000_000)
        let report = counter.report()
        for worker in report.workers {
            #expect(worker.sequence.expected <= frames && worker.sequence.received > 0)
            #expect(worker.sequence.duplicates == 0 && worker.sequence.reordered == 0 && worker.queueChanges == 0)
        }
        // veth counts what it hands to the program, a queue in one place at a time.
        let arrived = try #require(pair.receive.ethtool).statistics(of: pair.receive.link.name)
        let handed = arrived.filter { $0.key.hasSuffix("xdp_packets") }.values.reduce(0, +)
        #expect(report.sequence.received == handed && report.foreignFrames == 0 && report.staleFrames == 0)
        // Two CPUs that send into one queue add to its error counter without a lock (`veth_xdp_xmit`) and may lose some.
        if queues == 2 {
            #expect(try report.sequence.received + droppedFrames(pair) == 2 * frames)
        }
        withExtendedLifetime(attachment) {}
    }

    /// On recycled pages too, each frame that arrives has all the bytes that user space would have sent.
    @Test(arguments: [TransportProtocol.udp, .tcp], [NetworkProtocol.ipv4, .ipv6])
    func framesThatArriveAreTheTemplateEngines(_ transport: TransportProtocol, _ network: NetworkProtocol) throws {
        let pair = try LinkPair.makePrivate(LinkSettings())
        let program = try passProgram()
        let attachment = try XDPAttachment(program, interfaceIndex: pair.receive.link.index, in: pair.receive.namespace)
        var recipe = FrameRecipe()
        recipe.transport = transport
        recipe.network = network
        recipe.udpChecksum = true
        recipe.destination = LinkPair.nobodysAddress
        let modifiers = [
            FieldModifier(field: .sourcePort, mode: .random, count: 7),
            FieldModifier(field: network == .ipv4 ? .sourceIPv4 : .sourceIPv6, mode: .increment, count: 5)
        ]
        let templates = try FrameSchedule.templates(recipe, sizes: FrameSizes("128,700,1500")!, modifiers: modifiers)
        let offset = recipe.headerBytes
        let index = pair.receive.link.index
        let matches = try pair.receive.namespace.perform {
            var port = try RingReceivePort(
                RingReceivePort.Settings(
                    interfaceIndex: index, blockBytes: 1 << 20, blocks: 16, retireMilliseconds: 10, snapBytes: 0, fanout: nil))
            let sent = try send(pair, templates, frames: 3000)
            var matches = Matches(sent: sent.frames)
            var frame = ReceivedFrame()
            let deadline = Clock.monotonicNanoseconds + 2_000_000_000
            while matches.equal + matches.different < sent.frames, Clock.monotonicNanoseconds < deadline {
                guard port.peek() else {
                    port.wait(milliseconds: 10)
                    continue
                }
                while port.read(&frame) {
                    guard let signature = frame.signature(at: offset) else { continue }
                    let expected = expectedFrame(
                        templates, stream: stream, sequence: UInt64(signature.sequence),
                        timestampNanoseconds: signature.timestampNanoseconds)
                    let bytes = frame.read { $0.copied() }
                    if bytes == expected { matches.equal += 1 } else { matches.different += 1 }
                }
                port.release()
            }
            return matches
        }
        let dropped = try droppedFrames(pair)
        #expect(matches.sent == 3000 && matches.different == 0)
        #expect(matches.equal + dropped == 3000)
        withExtendedLifetime(attachment) {}
    }

    @Test func aRunWithoutEndIsStopped() throws {
        let pair = try LinkPair.makePrivate(LinkSettings())
        let counter = try CounterProgram(CounterSettings(signatureOffset: signatureOffset, workers: 1))
        let attachment = try XDPAttachment(counter.program, interfaceIndex: pair.receive.link.index, in: pair.receive.namespace)
        counter.restart(epoch: stream.epoch)
        let brake = try CallInterrupter()
        let templates = [try FrameBuilder.build(FrameRecipe())]
        let thread = try WorkerThread(name: "live") { try send(pair, templates, frames: nil, brake: brake) }
        let deadline = Clock.monotonicNanoseconds + 5_000_000_000
        while counter.receivedFrames(worker: 0) < 1000, Clock.monotonicNanoseconds < deadline { Clock.sleep(nanoseconds: 1_000_000) }
        Clock.sleep(nanoseconds: 200_000_000)
        let before = Clock.monotonicNanoseconds
        brake.stop()
        let waited = Clock.monotonicNanoseconds - before
        let sent = try thread.join().get()
        print("stopped after \(waited / 1000) µs, \(sent.frames) frames in \(sent.durationNanoseconds / 1_000_000) ms")
        // A call that isn't interrupted lasts longer.
        #expect(waited < 500_000_000)
        #expect(sent.frames > 1000)
        Clock.sleep(nanoseconds: 50_000_000)
        let received = counter.report().workers[0].sequence.received
        #expect(try received + droppedFrames(pair) == sent.frames)
        withExtendedLifetime(attachment) {}
    }

    /// Frames and bytes that were made, and when the first and the last of them left: not what the call sets up and takes down.
    @Test(arguments: [1, 2, 1_201] as [UInt64]) func theProgramKeepsItsOwnTimesAndBytes(_ frames: UInt64) throws {
        let pair = try LinkPair.makePrivate(LinkSettings())
        let templates = try FrameSchedule.templates(FrameRecipe(), sizes: .imix)
        let index = pair.transmit.link.index
        try pair.transmit.namespace.perform {
            let live = try LiveGenerator(templates: templates, interfaceIndex: index, node: nil)
            for epoch in 1...2 as ClosedRange<UInt8> {
                live.prepare(stream: StreamIdentifier(epoch: epoch, worker: 0))
                live.setClock(offsetNanoseconds: RealtimeOffset.ofNow.nanoseconds)
                #expect(live.firstNanoseconds == nil && live.lastNanoseconds == nil && live.madeBytes == 0)
                let before = Clock.realtimeNanoseconds
                let outcome = try live.run(frames: frames)
                let after = Clock.realtimeNanoseconds
                let first = try #require(live.firstNanoseconds)
                let last = try #require(live.lastNanoseconds)
                #expect(outcome.frames == frames && live.madeFrames == frames)
                // Within what two clocks' readings differ by.
                #expect(before < first + 10_000 && first <= last && last < after + 10_000)
                #expect(last - first < outcome.durationNanoseconds && (frames > 1 || first == last))
                #expect(live.madeBytes == (0..<Int(frames)).reduce(0) { $0 + UInt64(templates[$1 % 12].bytes.count) })
            }
        }
    }

    /// A worker that has ended its warm-up by itself is ready for the window when its warm-up is stopped.
    @Test func aLateStopOfTheWarmUpDoesNotEndTheWindow() throws {
        let pair = try LinkPair.makePrivate(LinkSettings())
        let index = pair.transmit.link.index
        try pair.transmit.namespace.perform {
            let live = try LiveGenerator(templates: [try FrameBuilder.build(FrameRecipe())], interfaceIndex: index, node: nil)
            #expect(try live.run(frames: 10, stage: 1).frames == 10)
            live.prepare(stream: StreamIdentifier(epoch: 2, worker: 0))
            live.stop(through: 1)
            #expect(try live.run(frames: 20, stage: 2).frames == 20)
            live.stop(through: 2)
            #expect(try live.run(frames: 20, stage: 2).frames == 0)
        }
    }

    /// Alone as long as there is time for a flush each.
    @Test(arguments: [(1e9, 1), (100_000, 1), (5_000, 1), (4_999, 8), (2_500, 8), (2_499, 64), (100, 64)])
    func pacedFramesWaitForFewOthers(_ intervalNanoseconds: Double, _ frames: Int) {
        #expect(LiveFrames.batchFrames(intervalNanoseconds: intervalNanoseconds) == frames)
    }

    @Test func aBrakeThatIsOnLetsNothingStart() throws {
        let pair = try LinkPair.makePrivate(LinkSettings())
        let brake = try CallInterrupter()
        brake.stop()
        let sent = try send(pair, [try FrameBuilder.build(FrameRecipe())], frames: 100, brake: brake)
        #expect(sent.frames == 0 && sent.calls == 0)
    }
}

private struct Matches: Sendable {
    var sent: UInt64
    var equal: UInt64 = 0
    var different: UInt64 = 0
}
