import Frames
import Kernel
import Synchronization
import TestSupport
import Traffic

@testable import Ports

/// What goes wrong while frames leave, as the kernel would have it. Calls meet their faults by `seed`, frames by their number.
struct Faults: Sendable, CustomStringConvertible {
    var seed: UInt64 = 1
    /// Of 1,000 calls, how many end at a frame that the driver drops: ENOBUFS, and its slot is SEND_REQUEST again.
    var droppedPerMille = 0
    /// How many end because the send buffer is full: EAGAIN.
    var fullPerMille = 0
    /// How many end by a signal: EINTR.
    var interruptedPerMille = 0
    /// Frames after which the link is down: ENETDOWN from then on.
    var downAfterFrames = Int.max
    /// The frame whose slot is found ill-formed: EMSGSIZE, once; nothing behind it leaves.
    var illFormedFrame: Int?
    /// The frame whose slot never comes back: somebody keeps the skb.
    var keptFrame: Int?
    /// Whether slots come back a little later than their frames leave.
    var lingers = false
    /// The wall clock is set by so much once so many frames have left.
    var clockStep: (afterFrames: Int, nanoseconds: Int64) = (.max, 0)
    /// A clock that goes on by so much each time that somebody looks, and not by itself; nil for the machine's.
    var clockTickNanoseconds: UInt64?
    /// The call in which `stop` is raised: without it a ring that got stuck is waited for.
    var stopAtCall = Int.max

    var description: String {
        "seed \(seed): \(droppedPerMille)‰ ENOBUFS, \(fullPerMille)‰ EAGAIN, \(interruptedPerMille)‰ EINTR, down after \(downAfterFrames), "
            + "ill-formed \(illFormedFrame ?? -1), kept \(keptFrame ?? -1), lingers \(lingers), stop at call \(stopAtCall)"
    }

    /// Any mixture of faults that a sender survives, and sometimes one that it doesn't.
    static func any(seed: UInt64) -> Faults {
        var random = SeededGenerator(seed: seed)
        func chance(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &random) == 0 }
        var faults = Faults(seed: seed)
        if chance(2) { faults.droppedPerMille = .random(in: 1...400, using: &random) }
        if chance(2) { faults.fullPerMille = .random(in: 1...300, using: &random) }
        if chance(3) { faults.interruptedPerMille = .random(in: 1...200, using: &random) }
        if chance(4) { faults.downAfterFrames = .random(in: 0...3_000, using: &random) }
        if chance(6) { faults.illFormedFrame = .random(in: 0...2_000, using: &random) }
        if chance(6) { faults.keptFrame = .random(in: 0...2_000, using: &random) }
        faults.lingers = chance(2)
        // A ring that is stuck, or a run that somebody ends.
        if faults.keptFrame != nil || chance(5) { faults.stopAtCall = .random(in: 1...600, using: &random) }
        return faults
    }
}

/// What left by a port, in order: read out of the slots at the moment when the kernel took them.
final class Wire: Sendable {
    struct Frame: Sendable {
        var stream: StreamIdentifier
        var sequence: UInt32
        var timestampNanoseconds: UInt64
    }

    private let all = Mutex<[Frame]>([])
    /// Calls that ended with each `errno`.
    private let errors = Mutex<[Int32: UInt64]>([:])

    /// What a played clock showed last.
    private let clock = Mutex<UInt64>(Wire.clockStart)
    static let clockStart: UInt64 = 1_000_000_000_000_000_000

    func look(_ tick: UInt64) -> UInt64 {
        clock.withLock {
            $0 += tick
            return $0
        }
    }

    func note(_ frame: Frame) { all.withLock { $0.append(frame) } }
    func note(_ failure: Int32) { errors.withLock { $0[failure, default: 0] += 1 } }

    func calls(endedBy failure: Int32) -> UInt64 { errors.withLock { $0[failure, default: 0] } }
    func frames(of stream: StreamIdentifier) -> [Frame] { all.withLock { $0.filter { $0.stream == stream } } }
    var frames: [Frame] { all.withLock { $0 } }

    /// Whether a stream's frames left as 0, 1, 2 …: none twice, none left out, none in another's place.
    func isInOrder(_ stream: StreamIdentifier) -> Bool {
        frames(of: stream).enumerated().allSatisfy { $1.sequence == UInt32($0) }
    }
}

/// The ring engine's own ring over the null port's slots, and behind it a kernel that is played and has faults.
struct FaultyTransmitPort: ~Copyable, TransmitPort {
    /// Holds the slots; no frame goes by its verbs.
    private let slots: NullTransmitPort
    private var ring: TransmitRing
    private var kernel: PlayedKernel
    private var random: SeededGenerator
    private let cycle: Int
    private let wire: Wire
    private let stop: CounterCell?
    private(set) var faults: Faults
    private(set) var systemCalls: UInt64 = 0

    /// - Parameter stop: raised without end at call `stopAtCall`.
    init(_ faults: Faults, wire: Wire, minimumSlots: Int, templates: [FrameTemplate], stop: CounterCell? = nil) throws {
        let geometry = RingGeometry(
            largestFrameBytes: templates.reduce(0) { max($0, $1.bytes.count) }, cycle: templates.count, minimumSlots: minimumSlots,
            linear: true)
        slots = try NullTransmitPort(minimumSlots: minimumSlots, templates: templates)
        let base = slots.base - geometry.frameOffsetBytes
        ring = TransmitRing(
            base: base, slotBytes: geometry.slotBytes, slotCount: geometry.slots, frameOffsetBytes: geometry.frameOffsetBytes,
            virtioBytes: geometry.virtioBytes, stampPoints: slots.stampPoints)
        kernel = PlayedKernel(base: base, slotBytes: geometry.slotBytes, slots: geometry.slots)
        random = SeededGenerator(seed: faults.seed)
        kernel.keptFrame = faults.keptFrame
        cycle = templates.count
        self.faults = faults
        self.wire = wire
        self.stop = stop
    }

    /// From now on all goes well, and what was on its way is back.
    mutating func heal() {
        faults = Faults(seed: faults.seed)
        kernel.keepsInFlight = false
        kernel.free()
        kernel.freeKept()
    }

    var slotCount: Int { kernel.slots }
    /// Where the kernel stands, and where the next frame goes: the same slot whenever nothing is on its way between them.
    var kernelSlot: Int { kernel.head }
    var nextSlot: Int { ring.nextSlot }

    mutating func reserve(_ limit: Int) -> Int { ring.reserve(limit) }
    func frame(_ position: Int) -> UnsafeMutableRawPointer { ring.frame(position) }
    func stampPoint(_ position: Int) -> StampPoint { ring.stampPoint(position) }
    mutating func submit(_ count: Int) { ring.submit(count) }
    mutating func withdraw() -> UInt64 { ring.withdraw() }
    var completedFrames: UInt64 { ring.completedFrames }
    var completedBytes: UInt64 { ring.completedBytes }
    var outstandingFrames: Int { ring.outstandingFrames }
    var nextTemplate: Int { ring.nextSlot % cycle }

    var realtimeNanoseconds: UInt64 {
        let now = faults.clockTickNanoseconds.map { wire.look($0) } ?? Clock.realtimeNanoseconds
        return kernel.taken.count < faults.clockStep.afterFrames ? now : now &+ UInt64(bitPattern: faults.clockStep.nanoseconds)
    }

    mutating func kick() -> Int32 {
        systemCalls += 1
        if systemCalls >= faults.stopAtCall { stop?.store(.max) }
        let before = kernel.taken.count
        let failure = call()
        for slot in kernel.taken[before...] { note(slot) }
        if failure != 0 { wire.note(failure) }
        // As the ring's own port says it.
        return failure == 0 && ring.isInFlight ? ErrorNumber.again : failure
    }

    private mutating func call() -> Int32 {
        let sent = kernel.taken.count
        let untilDown = faults.downAfterFrames - sent
        if untilDown <= 0 { return ErrorNumber.networkDown }
        let draw = Int(random.next() % 1_000)
        let part = Int(random.next() % 8)
        kernel.keepsInFlight = faults.lingers
        kernel.free(Int(random.next() % 6))
        if draw < faults.droppedPerMille { return send(untilDown, dropAt: sent + part) }
        if draw < faults.droppedPerMille + faults.fullPerMille {
            return send(min(part, untilDown), orElse: ErrorNumber.again)
        }
        if draw < faults.droppedPerMille + faults.fullPerMille + faults.interruptedPerMille {
            return send(min(part, untilDown), orElse: ErrorNumber.interrupted)
        }
        return send(untilDown, orElse: untilDown == .max ? 0 : ErrorNumber.networkDown)
    }

    /// - Parameter failure: if frames are left to send then.
    private mutating func send(_ limit: Int, dropAt: Int? = nil, orElse failure: Int32 = 0) -> Int32 {
        let result = kernel.send(max(limit, 0), dropAt: dropAt, illFormedAt: faults.illFormedFrame)
        if result == ErrorNumber.messageSize { faults.illFormedFrame = nil }
        return result == 0 && kernel.isWaitedFor ? failure : result
    }

    private func note(_ slot: Int) {
        let point = slots.stampPoints[slot]
        let frame = slots.base + slot * kernel.slotBytes
        guard let signature = Signature.read(frame, at: Int(point.signatureOffset), capturedBytes: kernel.length(slot)) else { return }
        wire.note(
            Wire.Frame(
                stream: signature.stream, sequence: signature.sequence, timestampNanoseconds: signature.timestampNanoseconds))
    }
}
