import Traffic

/// What a plan is where nothing was asked for; `FrameRecipe` has the frame's part.
public enum PlanDefaults {
    /// Headers and addresses; a plan's frames differ from it in what was asked for.
    package static let recipe = FrameRecipe()

    public static let durationNanoseconds: UInt64 = 5_000_000_000
    public static let warmupNanoseconds: UInt64 = 1_000_000_000
    /// Of a bakeoff, whose trials are many.
    public static let bakeoffDurationNanoseconds: UInt64 = 1_000_000_000
    public static let bakeoffWarmupNanoseconds: UInt64 = 200_000_000

    public static let ringSlots = 256
    public static let batchFrames = 32
    /// Of a `gso` slot: more gains little, and makes for longer bursts.
    public static let segments = 64
    /// Frames of a worker in which a `gso` ring goes through all frames of the plan: with more of them its slots hold fewer each.
    static let segmentedRoundFrames = 16_384

    /// Frames in a slot of a plan of so many.
    package static func segments(cycle: Int) -> Int { cycle == 1 ? segments : min(segments, max(2, segmentedRoundFrames / cycle)) }

    /// Superframes handed over in one call.
    static let superframeBatch = 4
    /// Slots of their ring: half a megabyte, which a CPU's own caches hold.
    static let superframeSlots = 8

    /// Slots of a `gso` ring: each comes back within the call that sends it.
    public static let segmentedSlots = 16
    /// Slots that a `gso` call sends.
    static let segmentedBatchSlots = 4
    /// Frames that the UMEM of an `af-xdp` receiver holds.
    package static let socketFrames = 4096
    public static let blockBytes = 128 * 1024
    public static let blocks = 64
    /// Of a reader that shares its CPU: 160 ms of small frames at 2.5 Mpps.
    static let sharedRingBytes = 64 << 20
    /// Of all such readers.
    static let sharedRingsBytes = 256 << 20
    /// A jiffy at 250 Hz: the timer comes no sooner on kernels before 6.18.
    public static let retireMilliseconds = 4
    /// Of larger frames the ring gets this much: all headers and the signature, at little cost.
    public static let snapBytes = 128
    /// What a private pair has at least, as every new Ethernet interface.
    public static let mtuBytes = 1500

    public static let intervalNanoseconds: UInt64 = 1_000_000_000
    public static let seed: UInt64 = 1
}
