import Foundation
import Frames
import Kernel
import Links
import Ports
import TestSupport
import Testing
import Traffic

@testable import XDP

private let mixed = [
    FieldModifier(field: .sourcePort, mode: .random, count: 7), FieldModifier(field: .sourceIPv4, mode: .increment, count: 5)
]

private func templates(_ recipe: FrameRecipe) throws -> [FrameTemplate] {
    try FrameSchedule.templates(recipe, sizes: FrameSizes("64,128,700,1518")!, modifiers: mixed)
}

private var recipe: FrameRecipe {
    var recipe = FrameRecipe()
    recipe.destination = LinkPair.nobodysAddress
    recipe.udpChecksum = true
    return recipe
}

private func pair(queues: Int = 1) throws -> LinkPair {
    var settings = LinkSettings()
    settings.channels = LinkChannels(transmit: queues, receive: queues)
    return try LinkPair.makePrivate(settings)
}

private func settings(_ pair: LinkPair, queue: Int = 0, slots: Int = 256) -> XDPSocketTransmitPort.Settings {
    XDPSocketTransmitPort.Settings(interfaceIndex: pair.transmit.link.index, queue: queue, minimumSlots: slots)
}

/// `rx_queue_N_drops` and its like at the receiving end, by the end of their names.
private func statistic(_ pair: LinkPair, _ suffix: String) throws -> UInt64 {
    let all = try #require(pair.receive.ethtool).statistics(of: pair.receive.link.name)
    return all.filter { $0.key.hasPrefix("rx_queue_") && $0.key.hasSuffix(suffix) }.values.reduce(0, +)
}

/// Whether a plain AF_XDP socket can be had here: kernels may come without.
private enum SocketAccess {
    static let isGranted: Bool = {
        guard KernelAccess.isGranted else { return false }
        do {
            let pair = try LinkPair.makePrivate(LinkSettings())
            _ = try pair.transmit.namespace.perform {
                try sendBySocket(settings(pair), [try FrameBuilder.build(FrameRecipe())], frames: 0)
            }
            return true
        } catch {
            print("SKIPPED: AF_XDP tests: \(error)")
            return ProcessInfo.processInfo.environment["CI"] != nil
        }
    }()
}

@Suite(.enabled(if: SocketAccess.isGranted), .serialized) struct XDPSocketTransmitTests {
    /// Byte for byte, in order, all of them.
    @Test(arguments: [5000, 1] as [UInt64]) func framesReachARing(_ frames: UInt64) throws {
        let pair = try pair()
        let templates = try templates(recipe)
        let index = pair.receive.link.index
        let offset = recipe.headerBytes
        let (sending, reading) = try pair.receive.namespace.perform {
            var port = try RingReceivePort(
                RingReceivePort.Settings(
                    interfaceIndex: index, blockBytes: 1 << 20, blocks: 16, retireMilliseconds: 10, snapBytes: 0, fanout: nil))
            let sending = try pair.transmit.namespace.perform { try sendBySocket(settings(pair), templates, frames: frames) }
            var reading = SocketReading()
            reading.read(&port, port.placeholder, templates, offset: offset, idleMilliseconds: 100)
            return (sending, reading)
        }
        #expect(sending.filled == frames && sending.completed == frames && sending.dropped == 0 && sending.refused == 0)
        let sent = try pair.transmit.current().counters
        #expect(sending.bytes == sent.txBytes && sent.txPackets == frames && sending.systemCalls >= sending.kicks)
        #expect(reading.equal == frames && reading.different == 0 && reading.outOfOrder == 0)
        #expect(reading.leastNanoseconds >= 0 && reading.mostNanoseconds < 1_000_000_000)
        #expect(sending.ringNode != nil)
    }

    /// A peer that is down takes nothing: each frame is completed, dropped and counted once by the kernel.
    @Test func droppedFramesAreCompletedAndCounted() throws {
        let pair = try pair()
        try pair.receive.table.set(pair.receive.link.index, LinkChanges(up: false))
        let before = try pair.transmit.current().counters
        let sending = try pair.transmit.namespace.perform {
            try sendBySocket(settings(pair), [try FrameBuilder.build(FrameRecipe())], frames: 1000)
        }
        let after = try pair.transmit.current().counters
        #expect(sending.completed == 1000 && sending.dropped == 1000 && sending.refused == 0 && sending.failure == 0)
        #expect(after.txDropped - before.txDropped == 1000)
    }

    /// A frame beyond the MTU is dropped in the midst of others, which arrive.
    @Test func dropsBetweenDeliveriesAreTold() throws {
        let pair = try pair()
        var large = recipe
        large.sizeBytes = 1800
        let templates = [try FrameBuilder.build(recipe), try FrameBuilder.build(large), try FrameBuilder.build(recipe)]
        let before = try pair.transmit.current().counters
        let sending = try pair.transmit.namespace.perform { try sendBySocket(settings(pair), templates, frames: 9000) }
        let after = try pair.transmit.current().counters
        #expect(sending.completed == 9000 && sending.dropped == 3000 && sending.refused == 0)
        #expect(after.txDropped - before.txDropped == 3000 && after.txPackets - before.txPackets == 6000)
    }

    /// An interface that goes down keeps what was handed over; it is withdrawn, and never leaves afterwards.
    @Test func aDownInterfaceRefusesAndForgets() throws {
        let pair = try pair()
        let templates = [try FrameBuilder.build(recipe)]
        let index = pair.receive.link.index
        let offset = recipe.headerBytes
        let (first, second, reading) = try pair.receive.namespace.perform {
            var reader = try RingReceivePort(
                RingReceivePort.Settings(
                    interfaceIndex: index, blockBytes: 1 << 20, blocks: 4, retireMilliseconds: 10, snapBytes: 0, fanout: nil))
            let sendings = try pair.transmit.namespace.perform {
                var port = try XDPSocketTransmitPort(settings(pair, slots: 64), templates: templates)
                try pair.transmit.table.set(pair.transmit.link.index, LinkChanges(up: false))
                let stream = StreamIdentifier(epoch: 1, worker: 0)
                let first = sendBySocket(&port, stream, frames: 100)
                try pair.transmit.table.set(pair.transmit.link.index, LinkChanges(up: true))
                return [first, sendBySocket(&port, stream, frames: 500)]
            }
            var reading = SocketReading()
            reading.read(&reader, reader.placeholder, templates, offset: offset, idleMilliseconds: 50)
            return (sendings[0], sendings[1], reading)
        }
        #expect(first.failure == ErrorNumber.networkDown && first.filled == 64 && first.refused == 64 && first.completed == 0)
        #expect(second.filled == 500 && second.failure == 0 && second.completed == 500 && second.refused == 0)
        #expect(first.bytes == 0 && second.bytes == 500 * 60)
        #expect(reading.equal == 500 && reading.different == 0 && reading.outOfOrder == 0)
    }

    /// CAP_NET_RAW is enough, and needed.
    @Test func sendingTakesNoMoreThanTheRightToRawSockets() throws {
        let pair = try pair()
        let templates = [try FrameBuilder.build(recipe)]
        let sending = try pair.transmit.namespace.perform {
            try #require(keepCapabilities([.netRaw]))
            return try sendBySocket(settings(pair), templates, frames: 1000)
        }
        #expect(sending.completed == 1000 && sending.dropped == 0)
        let refusal = try pair.transmit.namespace.perform {
            try #require(keepCapabilities([]))
            return error { _ = try XDPSocketTransmitPort(settings(pair), templates: templates) }
        }
        #expect(refusal == .notPermitted(SystemError(call: "socket(AF_XDP)", number: ErrorNumber.notPermitted)))
    }

    @Test func whatCannotWorkIsToldBefore() throws {
        let pair = try pair(queues: 2)
        let one = [try FrameBuilder.build(recipe)]
        var large = recipe
        large.sizeBytes = 4104
        let jumbo = [try FrameBuilder.build(large)]
        try pair.transmit.namespace.perform {
            let held = try XDPSocketTransmitPort(settings(pair, queue: 1), templates: one)
            let beyond = error { _ = try XDPSocketTransmitPort(settings(pair, queue: 2), templates: one) }
            #expect(beyond == .noSuchQueue(queue: 2, activeQueues: 2))
            let tooLarge = error { _ = try XDPSocketTransmitPort(settings(pair), templates: jumbo) }
            #expect(tooLarge == .frameTooLarge(bytes: 4100, maximumBytes: 4096))
            let second = error { _ = try XDPSocketTransmitPort(settings(pair, queue: 1), templates: one) }
            #expect(second == .queueTaken(queue: 1, SystemError(call: "bind(AF_XDP)", number: ErrorNumber.busy)))
            var nowhere = settings(pair)
            nowhere.interfaceIndex = 4711
            let gone = error { _ = try XDPSocketTransmitPort(nowhere, templates: one) }
            #expect(gone == .noSuchInterface(SystemError(call: "ioctl(SIOCETHTOOL)", number: ErrorNumber.noSuchAddress)))
            withExtendedLifetime(held) {}
        }
    }
}

/// Closures stand outside of `#expect`: those in its expansion and those around it may be taken for each other.
private func error(_ body: () throws -> Void) -> XDPSocketError? {
    do {
        try body()
        return nil
    } catch {
        return error as? XDPSocketError
    }
}

@Suite(.enabled(if: BPFAccess.isGranted && SocketAccess.isGranted), .serialized) struct XDPSocketReceiveTests {
    /// From a packet ring and from a socket, with stamps and without.
    @Test(arguments: [true, false], [true, false])
    func framesArriveByteForByte(_ fromSocket: Bool, _ stamps: Bool) throws {
        let pair = try pair()
        let templates = try templates(recipe)
        let offset = recipe.headerBytes
        let redirect = try SocketRedirect(
            interfaceIndex: pair.receive.link.index, in: pair.receive.namespace, stampsFrames: stamps)
        let frames: UInt64 = 3000
        let result = try pair.receive.namespace.perform {
            var port = try XDPSocketReceivePort(.init(queue: 0, minimumFrames: 4096), from: redirect)
            _ = port.takeStatistics()
            let sender = try WorkerThread(name: "sender") {
                try pair.transmit.namespace.enter()
                if fromSocket { return try sendBySocket(settings(pair), templates, frames: frames).completed }
                return try sendByRing(pair, templates, frames: frames).completed
            }
            var reading = SocketReading()
            reading.read(&port, port.placeholder, templates, offset: offset, idleMilliseconds: 300)
            let sent = try sender.join().get()
            return (
                sent: sent, reading: reading, statistics: port.takeStatistics(), unstamped: port.unstampedFrames,
                malformed: port.malformedBatches, node: port.ringNode
            )
        }
        let linkDrops = try pair.transmit.current().counters.txDropped
        #expect(result.sent == frames && result.reading.different == 0 && result.reading.outOfOrder == 0)
        #expect(result.reading.equal + linkDrops + result.statistics.drops == frames)
        #expect(result.statistics.packets == result.reading.equal + result.reading.foreign + result.statistics.drops)
        #expect(result.malformed == 0 && result.node != nil)
        #expect(result.unstamped == (stamps ? 0 : result.reading.equal + result.reading.foreign))
        // Not before the frame left, but for what the clocks' readings differ by; and not hours later.
        #expect(result.reading.leastNanoseconds > -2_000 && result.reading.mostNanoseconds < 1_000_000_000)
        #expect(result.reading.backwards == 0)
        withExtendedLifetime(redirect) {}
    }

    /// A reader that doesn't read loses frames, and knows how many.
    @Test func anOverrunIsCountedExactly() throws {
        let pair = try pair()
        let templates = [try FrameBuilder.build(recipe)]
        let offset = recipe.headerBytes
        let redirect = try SocketRedirect(interfaceIndex: pair.receive.link.index, in: pair.receive.namespace)
        let frames: UInt64 = 5000
        let result = try pair.receive.namespace.perform {
            var port = try XDPSocketReceivePort(.init(queue: 0, minimumFrames: 512), from: redirect)
            _ = port.takeStatistics()
            let sent = try pair.transmit.namespace.perform { try sendBySocket(settings(pair), templates, frames: frames) }
            Clock.sleep(nanoseconds: 50_000_000)
            let early = port.takeStatistics()
            var reading = SocketReading()
            reading.read(&port, port.placeholder, templates, offset: offset, idleMilliseconds: 50)
            return (sent: sent, early: early, reading: reading, late: port.takeStatistics(), all: port.statistics)
        }
        let linkDrops = try pair.transmit.current().counters.txDropped
        let queueDrops = try statistic(pair, "_drops")
        #expect(result.sent.completed == frames && result.sent.dropped == linkDrops)
        #expect(result.early.drops > 0 && result.early.packets + linkDrops >= frames)
        #expect(result.reading.equal + result.early.drops + linkDrops == frames && result.reading.different == 0)
        #expect(result.early.packets == result.reading.equal + result.reading.foreign + result.early.drops)
        #expect(result.late.packets == 0 && result.late.drops == 0)
        // veth counts them as well.
        #expect(queueDrops == result.early.drops)
        withExtendedLifetime(redirect) {}
    }

    /// Two senders on two CPUs and one queue, whose ring the one fills while the other's CPU empties it: the link drops frames of
    /// both, and the kernel's counter is the sum of what each of them saw.
    @Test func linkDropsAreToldExactly() throws {
        let pair = try pair()
        let templates = [try FrameBuilder.build(recipe)]
        let offset = recipe.headerBytes
        let redirect = try SocketRedirect(interfaceIndex: pair.receive.link.index, in: pair.receive.namespace)
        let frames: UInt64 = 200_000
        let cpus = Topology.read().allowedCPUs
        let result = try pair.receive.namespace.perform {
            var port = try XDPSocketReceivePort(.init(queue: 0, minimumFrames: 2048), from: redirect)
            let bySocket = try WorkerThread(name: "by-socket") {
                try Affinity.pinThisThread(toCPU: cpus[0])
                try pair.transmit.namespace.enter()
                return try sendBySocket(settings(pair, slots: 512), templates, frames: frames, batch: 512)
            }
            let byRing = try WorkerThread(name: "by-ring") {
                try Affinity.pinThisThread(toCPU: cpus[cpus.count - 1])
                try pair.transmit.namespace.enter()
                return try sendByRing(pair, templates, frames: frames, worker: 1)
            }
            var reading = SocketReading()
            reading.read(&port, port.placeholder, templates, offset: offset, idleMilliseconds: 300)
            return (
                bySocket: try bySocket.join().get(), byRing: try byRing.join().get(), reading: reading,
                statistics: port.takeStatistics()
            )
        }
        let linkDrops = try pair.transmit.current().counters.txDropped
        print("link drops \(linkDrops), of the socket's \(result.bySocket.dropped), receiver's \(result.statistics.drops)")
        #expect(result.bySocket.completed == frames && result.byRing.completed == frames)
        #expect(result.bySocket.dropped + result.byRing.retries == linkDrops)
        #expect(result.reading.equal + result.bySocket.dropped + result.statistics.drops == 2 * frames)
        withExtendedLifetime(redirect) {}
    }

    /// Two queues, a socket each: a worker's frames are all in its own.
    @Test func eachQueueHasItsSocket() throws {
        let pair = try pair(queues: 2)
        let templates = [try FrameBuilder.build(recipe)]
        let offset = recipe.headerBytes
        let redirect = try SocketRedirect(interfaceIndex: pair.receive.link.index, in: pair.receive.namespace)
        #expect(redirect.queues == 2)
        let counts = try pair.receive.namespace.perform {
            var first = try XDPSocketReceivePort(.init(queue: 0, minimumFrames: 4096), from: redirect)
            var second = try XDPSocketReceivePort(.init(queue: 1, minimumFrames: 4096), from: redirect)
            for queue in 0..<2 {
                _ = try pair.transmit.namespace.perform {
                    try sendBySocket(
                        settings(pair, queue: queue), templates, frames: 1000 + UInt64(queue), worker: UInt8(queue), batch: 32)
                }
            }
            var readings = [SocketReading(), SocketReading()]
            readings[0].read(&first, first.placeholder, templates, offset: offset, idleMilliseconds: 50)
            readings[1].read(&second, second.placeholder, templates, offset: offset, idleMilliseconds: 50)
            return readings.map(\.equal)
        }
        let linkDrops = try pair.transmit.current().counters.txDropped
        #expect(counts[0] <= 1000 && counts[1] <= 1001 && counts[0] + counts[1] + linkDrops == 2001)
        withExtendedLifetime(redirect) {}
    }

    @Test func aQueueIsGivenOnce() throws {
        let pair = try pair()
        let redirect = try SocketRedirect(interfaceIndex: pair.receive.link.index, in: pair.receive.namespace)
        try pair.receive.namespace.perform {
            let beyond = error { _ = try XDPSocketReceivePort(.init(queue: 1, minimumFrames: 64), from: redirect) }
            #expect(beyond == .noSuchQueue(queue: 1, activeQueues: 1))
            let held = try XDPSocketReceivePort(.init(queue: 0, minimumFrames: 64), from: redirect)
            let second = error { _ = try XDPSocketReceivePort(.init(queue: 0, minimumFrames: 64), from: redirect) }
            #expect(second == .queueTaken(queue: 0, SystemError(call: "bind(AF_XDP)", number: ErrorNumber.busy)))
            withExtendedLifetime(held) {}
        }
        withExtendedLifetime(redirect) {}
    }

    /// Batches larger than veth's ring, and a small ring behind it: sent = read + dropped on the link + dropped by the reader.
    @Test func theBookClosesWhateverIsLost() throws {
        let pair = try pair()
        let templates = [try FrameBuilder.build(recipe)]
        let offset = recipe.headerBytes
        let redirect = try SocketRedirect(interfaceIndex: pair.receive.link.index, in: pair.receive.namespace)
        let frames: UInt64 = 200_000
        let result = try pair.receive.namespace.perform {
            var port = try XDPSocketReceivePort(.init(queue: 0, minimumFrames: 1024), from: redirect)
            let sender = try WorkerThread(name: "sender") {
                try pair.transmit.namespace.enter()
                return try sendBySocket(settings(pair, slots: 2048), templates, frames: frames, batch: 2048)
            }
            var reading = SocketReading()
            reading.read(&port, port.placeholder, templates, offset: offset, idleMilliseconds: 300)
            return (sent: try sender.join().get(), reading: reading, statistics: port.takeStatistics())
        }
        let linkDrops = try pair.transmit.current().counters.txDropped
        #expect(result.sent.completed == frames && result.sent.dropped == linkDrops && result.sent.refused == 0)
        #expect(result.reading.equal + linkDrops + result.statistics.drops == frames)
        withExtendedLifetime(redirect) {}
    }
}

/// As the `ring` engine would; a call that ends with ENOBUFS put one dropped frame back.
private func sendByRing(
    _ pair: LinkPair, _ templates: [FrameTemplate], frames: UInt64, worker: UInt8 = 0
) throws -> (completed: UInt64, retries: UInt64) {
    var port = try RingTransmitPort(
        .init(interfaceIndex: pair.transmit.link.index, minimumSlots: 256, linear: true, qdiscBypass: true), templates: templates)
    var sequence: UInt64 = 0
    var retries: UInt64 = 0
    while sequence < frames || port.outstandingFrames > 0 {
        let count = port.reserve(min(32, Int(frames - sequence)))
        for position in 0..<count {
            Signature.stamp(
                port.frame(position), port.stampPoint(position), stream: StreamIdentifier(epoch: 1, worker: worker),
                sequence: sequence + UInt64(position), timestampNanoseconds: Clock.realtimeNanoseconds)
        }
        port.submit(count)
        sequence += UInt64(count)
        if port.kick() == ErrorNumber.noBuffers { retries += 1 }
    }
    return (port.completedFrames, retries)
}
