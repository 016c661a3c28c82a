import CLinux
import Foundation
import Frames
import Kernel
import Links
import Metrics
import TestSupport
import Testing
import Traffic

@testable import Plans
@testable import Results

/// What happens to frames on their way, at places that are exactly known. Every pair of engines meets every one of them.
///
/// | fault                    | pairs | book                                    | trusted |
/// |--------------------------|-------|-----------------------------------------|---------|
/// | none                     | all   | all received                            | yes     |
/// | every 16th dropped       | all   | dropped on the link                     | yes     |
/// | one repeated             | all   | a duplicate, received once              | yes     |
/// | two swapped              | all   | one reordered                           | yes     |
/// | every 10th cut           | all   | altered                                 | no      |
/// | a byte flipped           | all   | altered                                 | no      |
/// | large ones dropped       | all   | dropped on the link, bytes of the small | yes     |
/// | a tag pushed, a tag popped | all | all received, told                      | yes     |
/// | another vethmark's       | all   | foreign, told as what they are          | yes     |
/// | a stranger's             | all   | foreign                                 | yes     |
/// | held back 200 ms         | all   | all received, latency 200 ms            | yes     |
/// | a stranger's oversize ones | all | all received, drops told as somebody's  | yes     |
/// | those, and one of ours   | from drivers; from sockets in `FaultTests` of the command | open | no |
enum PathFault: String, CaseIterable, Sendable {
    case none, dropped, repeated, swapped, cut, flipped, largeDropped, tagPushed, tagPopped, anotherRun, stranger

    /// Less than a tick of the trial's thread at the rate below.
    static let frames: UInt64 = 900

    /// What it does to the plan.
    func change(_ draft: inout PlanDraft) {
        draft.load.frameCount = Self.frames
        draft.load.rate = .packets(PacketRate(packetsPerSecond: 10_000))
        draft.frame.sizes = FrameSizes(sizeBytes: 128)
        switch self {
        case .largeDropped: draft.frame.sizes = FrameSizes(shares: [.init(sizeBytes: 128, weight: 1), .init(sizeBytes: 1_518, weight: 1)])
        case .tagPopped: draft.frame.vlans = [7]
        default: break
        }
    }

    /// From a frame's position and bytes to what leaves for it.
    var harm: @Sendable (Int, [UInt8]) -> [[UInt8]] {
        switch self {
        case .none: return { _, frame in [frame] }
        case .dropped: return { position, frame in position % 16 == 15 ? [] : [frame] }
        case .repeated: return { position, frame in position == 777 ? [frame, frame] : [frame] }
        case .swapped:
            let held = Monitor<[UInt8]>([])
            return { position, frame in
                if position == 500 { held.change { $0 = frame } }
                return position == 500 ? [] : position == 501 ? [frame, held.read { $0 }] : [frame]
            }
        case .cut: return { position, frame in [position % 10 == 3 ? Array(frame.prefix(80)) : frame] }
        case .flipped:
            return { position, frame in
                var frame = frame
                // Ten bytes behind the signature.
                if position % 10 == 3 { frame[70] ^= 0x10 }
                return [frame]
            }
        case .largeDropped: return { _, frame in frame.count > 1_000 ? [] : [frame] }
        case .tagPushed: return { _, frame in [Array(frame[..<12]) + [0x81, 0, 0, 7] + frame[12...]] }
        // The relay's own socket has it taken off (`skb_vlan_untag`).
        case .tagPopped: return { _, frame in [frame] }
        case .anotherRun:
            return { position, frame in
                var other = frame
                // The lowest bit of the key.
                other[47] ^= 1
                return position % 20 == 5 ? [other, frame] : [frame]
            }
        case .stranger:
            let stranger = [UInt8](repeating: 0xAB, count: 60)
            return { position, frame in position % 20 == 5 ? [frame, stranger] : [frame] }
        }
    }

    var ledger: Ledger {
        var ledger = Ledger(offered: Self.frames, sent: Self.frames, received: Self.frames)
        switch self {
        case .none, .tagPushed, .tagPopped: break
        case .dropped: (ledger.linkDropped, ledger.received) = (56, 844)
        case .repeated: ledger.duplicates = 1
        case .swapped: ledger.reordered = 1
        case .cut, .flipped: (ledger.altered, ledger.received) = (90, 810)
        case .largeDropped: (ledger.linkDropped, ledger.received) = (450, 450)
        case .anotherRun, .stranger: ledger.foreign = 45
        }
        return ledger
    }

    /// What is said besides that the path is no direct pair.
    var warning: String? {
        switch self {
        case .none, .swapped: nil
        case .dropped, .largeDropped: "link-drops"
        case .repeated: "duplicates"
        case .cut, .flipped: "altered"
        case .tagPushed, .tagPopped: "tag-changed"
        case .anotherRun: "another-vethmark"
        case .stranger: "foreign"
        }
    }

    var isTrusted: Bool { ledger.altered == 0 }
}

/// All kinds of faults by all pairs of engines: the book is exact, the verdict right, and afterwards all is as it was before.
@Suite(.enabled(if: KernelAccess.isGranted), .serialized) struct FaultTests {
    /// Of one trial over `path`, with what a pair needs.
    private func trial(
        _ pair: EnginePair, over path: LinkPair, key: UInt16? = nil, _ change: (inout PlanDraft) throws -> Void
    ) throws -> (result: TrialResult, warnings: [Warning]) {
        let engine = try #require(EngineName(rawValue: pair.engine))
        let receiver = try #require(ReceiverName(rawValue: pair.receiver))
        let before = try Surroundings(path)
        var changed = PlanDraft()
        try change(&changed)
        let draft = changed
        let outcome = try runTrial(over: path, key: key) {
            $0.frame = draft.frame
            $0.load = draft.load
            $0.load.warmupNanoseconds = draft.load.warmupNanoseconds ?? 0
            $0.transmit.engine = engine
            $0.receive.receiver = receiver
        }
        let after = try Surroundings(path)
        #expect(before == after)
        return outcome
    }

    @Test(arguments: PathFault.allCases, EnginePair.all) func faultsOfThePath(_ fault: PathFault, _ pair: EnginePair) throws {
        let relay = try Relay(takesLiveFrames: pair.engine == "xdp", fault.harm)
        let (result, warnings) = try trial(pair, over: relay.path) { fault.change(&$0) }
        #expect(try relay.finish() == Int(PathFault.frames))
        var expected = fault.ledger
        if fault == .largeDropped {
            // `gso` sends runs of one length, and the last one is not whole.
            expected.linkDropped = result.sizes?.last?.sent ?? 0
            expected.received = PathFault.frames - expected.linkDropped
            #expect(pair.engine == "gso" ? (418...482).contains(expected.received) : expected.received == 450)
        }
        #expect(result.ledger == expected)
        #expect(result.ledger.residual == 0)
        #expect(result.trusted == fault.isTrusted, "\(warnings)")
        let codes = Set(warnings.map(\.code))
        #expect(codes.contains("path-not-direct"))
        if let warning = fault.warning { #expect(codes.contains(warning), "\(codes)") }
        // And nothing of what the other faults are told by.
        let others = Set(PathFault.allCases.compactMap(\.warning)).subtracting([fault.warning ?? "", "foreign"])
        #expect(codes.isDisjoint(with: others), "\(codes)")
        #expect(result.latency.path.count == result.ledger.received && result.latency.negative == 0)
        #expect(result.evidence.taggedFrames == (fault == .tagPushed ? PathFault.frames : 0))
        #expect(result.evidence.untaggedFrames == (fault == .tagPopped ? PathFault.frames : 0))
        #expect(result.evidence.otherRunFrames == (fault == .anotherRun ? 45 : 0))
        expectBytes(result, fault)
    }

    /// Bits are those of the very frames that came.
    private func expectBytes(_ result: TrialResult, _ fault: PathFault) {
        let sizes = result.sizes ?? []
        let bytes = sizes.reduce(0) { $0 + UInt64($1.sizeBytes) * ($1.received ?? 0) }
        let seconds = Double(result.rates.receiveDurationNanoseconds) / 1e9
        #expect(abs(result.rates.rxL2Bps * seconds / 8 / Double(bytes) - 1) < 1e-9)
        func received(_ size: Int) -> UInt64? { sizes.first { $0.sizeBytes == size }?.received }
        switch fault {
        case .largeDropped:
            #expect(sizes.map(\.sizeBytes) == [128, 1_518] && received(128) == result.ledger.received && received(1_518) == 0)
        case .cut: #expect(received(84) == 90 && received(128) == 810)
        case .tagPushed: #expect(received(132) == PathFault.frames)
        case .tagPopped: #expect(received(124) == PathFault.frames)
        default: #expect(received(128) == result.ledger.received + result.ledger.altered)
        }
    }

    /// 200 ms on the way and ten frames a second: most of what is sent last comes after the end, and nothing is lost.
    @Test(arguments: EnginePair.all) func framesThatAreHeldBack(_ pair: EnginePair) throws {
        let relay = try Relay(takesLiveFrames: pair.engine == "xdp", holdNanoseconds: 200_000_000) { _, frame in [frame] }
        let (result, warnings) = try trial(pair, over: relay.path) {
            $0.load.frameCount = 6
            $0.load.rate = .packets(PacketRate(packetsPerSecond: 10))
        }
        _ = try relay.finish()
        #expect(result.ledger == Ledger(offered: 6, sent: 6, received: 6))
        #expect(result.trusted, "\(warnings)")
        #expect(result.latency.path.count == 6 && (result.latency.path.min ?? 0) >= 200_000_000)
        // Between the first and the last arrival lie five of the schedule's intervals, whatever the path holds back.
        #expect(result.rates.receiveDurationNanoseconds < 700_000_000)
    }

    /// Two runs on one path at once, each with a key of its own: neither takes a frame of the other's.
    @Test func twoRunsOnOnePath() throws {
        let relay = try Relay { _, frame in [frame] }
        let path = relay.path
        let counts: @Sendable (inout PlanDraft) -> Void = {
            $0.load.frameCount = 3_000
            $0.load.rate = .packets(PacketRate(packetsPerSecond: 10_000))
        }
        let other = try WorkerThread(name: "other-run") { try runTrial(over: path, key: 0x155, counts).result }
        let (result, warnings) = try runTrial(over: path, key: 0x2AA, counts)
        let others = try other.join().get()
        #expect(try relay.finish() == 6_000)
        for one in [result, others] {
            #expect(one.ledger.received == 3_000 && one.ledger.sent == 3_000 && one.ledger.residual == 0 && one.trusted)
            #expect(one.evidence.otherRunFrames == one.ledger.foreign && one.ledger.foreign > 0 && one.ledger.foreign <= 3_000)
        }
        #expect(warnings.contains { $0.code == "another-vethmark" })
    }

    /// A stranger's frames that the receiving end is too small for move the very counters that ours would. All of ours came, so none was
    /// ours.
    @Test(arguments: EnginePair.all) func aStrangersOversizeFrames(_ pair: EnginePair) throws {
        let link = try LinkPair.makePrivate(LinkSettings())
        try link.receive.table.set(link.receive.link.index, LinkChanges(mtuBytes: 1_400))
        let stranger = try Stranger(on: link.transmit, frames: 40)
        let (result, warnings) = try trial(pair, over: link) {
            $0.load.frameCount = 4_000
            $0.load.rate = .packets(PacketRate(packetsPerSecond: 10_000))
        }
        #expect(try stranger.finish() == 40)
        #expect(result.ledger == Ledger(offered: 4_000, sent: 4_000, received: 4_000))
        #expect(result.evidence.surplusDrops == 40, "\(result.evidence)")
        #expect(result.trusted, "\(warnings)")
    }

    /// One large frame of ours among a thousand small ones is too large for the receiving end: known, where nobody else is.
    @Test(arguments: EnginePair.fromDrivers, [0, 40]) func oneOfOursAmongThem(_ pair: EnginePair, _ strangers: Int) throws {
        let link = try LinkPair.makePrivate(LinkSettings())
        try link.receive.table.set(link.receive.link.index, LinkChanges(mtuBytes: 1_400))
        let stranger = try Stranger(on: link.transmit, frames: strangers)
        let (result, warnings) = try trial(pair, over: link) {
            $0.frame.sizes = FrameSizes(shares: [.init(sizeBytes: 64, weight: 999), .init(sizeBytes: 1_518, weight: 1)])
            $0.load.frameCount = 4_000
            $0.load.rate = .packets(PacketRate(packetsPerSecond: 10_000))
        }
        _ = try stranger.finish()
        // Live frames that come too fast, after a pause of the machine, find the peer's ring of 256 full: those are told as well.
        let lost = result.ledger.sent - result.ledger.received
        #expect(result.ledger.sent == 4_000 && (pair.engine == "xdp" ? lost >= 4 : lost == 4), "\(result.ledger)")
        #expect(result.sizes?.last == SizeResult(sizeBytes: 1_518, sent: 4, received: 0))
        #expect(result.evidence.surplusDrops == UInt64(strangers), "\(result.evidence)")
        #expect(result.ledger.isClosed == (strangers == 0))
        #expect(result.trusted == (strangers == 0), "\(warnings)")
        if strangers == 0 { #expect(result.ledger.linkDropped == lost) }
    }
}

/// Sends frames of 1,450 bytes, one every few milliseconds from shortly after the start, from the end that the trial sends from.
private final class Stranger: Sendable {
    private let thread: WorkerThread<Int>

    init(on end: LinkEnd, frames: Int) throws {
        let socket = try end.namespace.perform { () throws -> SocketBox in
            let socket = try PacketSocket()
            try socket.bind(interfaceIndex: end.link.index, protocolNumber: 0)
            return SocketBox(socket)
        }
        let mine = end.link.index
        let namespace = end.namespace
        thread = try WorkerThread(name: "stranger") {
            try namespace.enter()
            let table = try LinkTable(in: namespace)
            // Counters are read before the first frame of the window: whose drops lie before it is nobody's question.
            let deadline = Clock.monotonicNanoseconds + 5_000_000_000
            while try table.link(index: mine).counters.txPackets < 100, Clock.monotonicNanoseconds < deadline {
                Clock.sleep(nanoseconds: 1_000_000)
            }
            let frame = [UInt8](repeating: 0x5A, count: 1_450)
            var sent = 0
            for _ in 0..<frames {
                if send(socket.raw, frame, frame.count, 0) == frame.count || errno == ENOBUFS { sent += 1 }
                Clock.sleep(nanoseconds: 2_000_000)
            }
            return sent
        }
    }

    func finish() throws -> Int { try thread.join().get() }
}

/// What a trial may change while it runs, and nothing of which may be left.
private struct Surroundings: Equatable {
    /// Both ends as `ip -d link` and `ethtool -k` have them, with their programs.
    var links: [LinkDescription] = []
    /// Threads of this process that work for a trial.
    var threads: Set<Int32> = []
    /// Namespaces with a name.
    var namespaces: Set<String> = []

    init(_ path: LinkPair) throws {
        for end in [path.transmit, path.receive] {
            for var link in try end.table.detailed(end.table.descriptions()) {
                link.statistics = nil
                link.queues = nil
                links.append(link)
            }
        }
        threads = Set(ThreadTable.threads(named: ["vm-"]).filter { $0.process == ProcessFacts.identifier }.map(\.thread))
        namespaces = Set(Folder.entries("/run/netns").filter { $0.hasPrefix("vethmark") })
    }
}
