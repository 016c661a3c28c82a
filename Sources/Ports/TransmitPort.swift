import Frames
import Kernel
import Traffic

/// A way for frames to leave: reserve, stamp, submit, and at most one `kick` a batch.
///
/// The frames lie ready in the port's own memory (`FrameSchedule`, expanded over the slots), so that
/// the loop only stamps signatures. Loops are generic over the port and specialised for each; none
/// ever holds an `any TransmitPort`.
public protocol TransmitPort: ~Copyable {
    /// Takes back the slots that the kernel is done with, and says how many may be filled now.
    ///
    /// - Returns: 0 to `limit`.
    mutating func reserve(_ limit: Int) -> Int

    /// Has the filler make the frame in the `position`-th reserved slot, counted from 0, the next of the schedule, with its signature.
    func stamp<Filler: FrameFiller & ~Copyable>(
        _ position: Int, with filler: inout Filler, stream: StreamIdentifier, sequence: UInt64, timestampNanoseconds: UInt64)

    /// Hands the first `count` reserved slots over.
    mutating func submit(_ count: Int)

    /// One system call in which the kernel takes what was submitted.
    ///
    /// - Returns: 0, or the `errno`. EAGAIN also where every slot is in flight, so that whoever loops waits a little: the next call would
    ///   do nothing either. What was sent is told by `completedFrames`, never by this.
    mutating func kick() -> Int32

    /// Frames that the kernel took and was done with, as far as `reserve` has seen.
    var completedFrames: UInt64 { get }

    /// The length of these frames, headers included and FCS left out.
    var completedBytes: UInt64 { get }

    /// Frames submitted and not seen as completed.
    var outstandingFrames: Int { get }

    /// Of the completed frames, those that the stack cut out of a slot with others (`gso`).
    var segmentedFrames: UInt64 { get }

    /// Calls into the kernel that handed frames over, since the port was made: a kick may make several, or none.
    var systemCalls: UInt64 { get }

    /// Which frame of the schedule, counted from 0, is reserved next. Ports whose slots belong to frames go on where the phase before ended.
    var nextTemplate: Int { get }

    /// The clock that frames are stamped by: CLOCK_REALTIME, unless a test plays one that is set while frames leave.
    var realtimeNanoseconds: UInt64 { get }

    /// After the last kick: takes every slot back that the kernel didn't send.
    ///
    /// - Returns: how many frames were refused for good, ill-formed slots included.
    mutating func withdraw() -> UInt64
}

extension TransmitPort where Self: ~Copyable {
    public var segmentedFrames: UInt64 { 0 }

    @inlinable public var realtimeNanoseconds: UInt64 { Clock.realtimeNanoseconds }
}

/// A port whose slots take any frame of a bounded length, one after the other.
public protocol FillablePort: TransmitPort, ~Copyable {
    /// Copies a frame, without FCS, into the `position`-th reserved slot; traps if it is longer than a slot has room for.
    mutating func lay(_ position: Int, _ frame: RawSpan)

    /// Signs the frame that was laid into that slot.
    func stamp(_ position: Int, at point: StampPoint, stream: StreamIdentifier, sequence: UInt64, timestampNanoseconds: UInt64)
}

/// One that capture files are sent through, whose slots may be as long as any MTU.
public protocol ReplayPort: FillablePort, ~Copyable {}
