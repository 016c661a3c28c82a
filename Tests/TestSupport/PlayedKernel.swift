import CLinux
import Kernel

/// Plays `tpacket_snd` over heap memory: takes slots in ring order while they read SEND_REQUEST, and moves its head past a slot only when
/// that slot's frame is on its way.
public struct PlayedKernel {
    public let base: UnsafeMutableRawPointer
    public let slotBytes: Int
    public let slots: Int
    public private(set) var head = 0
    /// The slots of all frames that left, in order.
    public private(set) var taken: [Int] = []
    /// Slots whose frames nobody has freed yet (NAPI, RPS): taken, and not given back.
    public private(set) var inFlight: [Int] = []
    public var keepsInFlight = false
    /// The number of a frame whose slot isn't given back: somebody holds on to the skb.
    public var keptFrame: Int?
    private var keptSlot: Int?

    /// - Parameter base: `slots` slots of a TPACKET_V2 ring, zeroed but for frames and lengths.
    public init(base: UnsafeMutableRawPointer, slotBytes: Int, slots: Int) {
        self.base = base
        self.slotBytes = slotBytes
        self.slots = slots
    }

    public func status(_ slot: Int) -> UInt32 { base.load(fromByteOffset: slot * slotBytes, as: UInt32.self) }
    private func set(_ slot: Int, _ status: UInt32) { base.storeBytes(of: status, toByteOffset: slot * slotBytes, as: UInt32.self) }
    /// The slot's `tp_len`.
    public func length(_ slot: Int) -> Int { Int(base.load(fromByteOffset: slot * slotBytes + 4, as: UInt32.self)) }
    /// Whether the next call would find a frame to send.
    public var isWaitedFor: Bool { status(head) == UInt32(TP_STATUS_SEND_REQUEST) }

    /// Sends up to `limit` frames. The one that is to be the `dropAt`-th of all taken is dropped, and its slot goes back to SEND_REQUEST,
    /// as on Linux 6.6 and later; the one that is to be the `illFormedAt`-th is marked as such.
    ///
    /// - Returns: 0, ENOBUFS for the dropped frame, EMSGSIZE for the ill-formed one; never an error for a slot that stands
    ///   marked already, which the kernel doesn't look at.
    @discardableResult
    public mutating func send(_ limit: Int = .max, dropAt: Int? = nil, illFormedAt: Int? = nil) -> Int32 {
        var sent = 0
        while sent < limit, isWaitedFor {
            if taken.count == dropAt { return ErrorNumber.noBuffers }
            if taken.count == illFormedAt {
                set(head, UInt32(TP_STATUS_WRONG_FORMAT))
                return ErrorNumber.messageSize
            }
            let isKept = taken.count == keptFrame
            set(head, UInt32(keepsInFlight || isKept ? TP_STATUS_SENDING : TP_STATUS_AVAILABLE))
            if isKept { keptSlot = head } else if keepsInFlight { inFlight.append(head) }
            taken.append(head)
            head = (head + 1) % slots
            sent += 1
        }
        return 0
    }

    /// The kept frame is let go as well.
    public mutating func freeKept() {
        keptFrame = nil
        if let keptSlot { set(keptSlot, UInt32(TP_STATUS_AVAILABLE)) }
        keptSlot = nil
    }

    /// `tpacket_destruct_skb` of the oldest frames but the kept one.
    public mutating func free(_ count: Int = .max) {
        for slot in inFlight.prefix(count) { set(slot, UInt32(TP_STATUS_AVAILABLE)) }
        inFlight.removeFirst(min(count, inFlight.count))
    }
}
