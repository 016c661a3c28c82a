import CLinux

/// Whether CLOCK_REALTIME goes on evenly: one offset to CLOCK_MONOTONIC for all of a phase, and news of every step of the clock.
///
/// A step is seen in two ways: by how far the offset has moved whenever somebody looks, and by a timer that the kernel
/// cancels when the clock is set (TFD_TIMER_CANCEL_ON_SET, timerfd_create(2)), so that two steps which undo each other between
/// two looks don't pass.
public struct ClockWatch: ~Copyable {
    private let timer: Descriptor?
    /// Of `timer`; negative without one.
    private let timerNumber: Int32
    private var offset = RealtimeOffset.ofNow

    /// CLOCK_REALTIME minus the kernel's CLOCK_MONOTONIC when the watch began.
    public let offsetNanoseconds: Int64
    /// The farthest that the offset was seen from its first value, signed.
    public private(set) var stepNanoseconds: Int64 = 0
    /// How often the clock was set.
    public private(set) var timesSet: UInt64 = 0

    /// Begins to watch; without the timer if the kernel refuses it.
    public init() {
        timerNumber = cl_clock_set_timer()
        timer = timerNumber < 0 ? nil : Descriptor(owning: timerNumber)
        offsetNanoseconds = offset.nanoseconds
    }

    /// Takes note of what has happened up to now.
    public mutating func look() {
        offset.sample()
        let moved = offset.nanoseconds &- offsetNanoseconds
        if moved.magnitude > stepNanoseconds.magnitude { stepNanoseconds = moved }
        while timerNumber >= 0 && cl_clock_was_set(timerNumber) != 0 { timesSet &+= 1 }
    }

    /// Whether a trial's times can't be relied on: more than the offset's own uncertainty, or a step that was undone.
    public var isDisturbed: Bool { stepNanoseconds.magnitude > 1000 || timesSet > 0 }
}
