import Metrics

/// The receiving side.
public struct ReceiveSection: SettingSection {
    public static let name = "receive"
    public static let title = "Workers and rings"
    public static let shared = ReceiveSection()

    public let receiver = Setting<ReceiverName>(
        "receive.receiver", "How frames arrive; `auto` takes the fastest that fits.", .nameOrAuto,
        default: { _ in "auto" }, examples: "ring", "xdp", scope: .runsOnly)
    public let workers = Setting<Int>(
        "receive.threads", "Receive workers: a pinned thread, socket and ring each.", .number(PlanBounds.workers),
        default: { _ in "one for each transmit worker, at most one for each CPU" }, examples: "2", flag: SettingFlag("--rx-threads"))
    public let cpus = Setting<[Int]>(
        "receive.cpus", "The CPU of each worker, in order.", .cpus, default: { _ in "automatic" }, examples: "[0, 2]", "3", "5,7", "0-3",
        flag: SettingFlag("--cpus", word: "rx"))
    public let blockBytes = Setting<Int>(
        "receive.block-size", "Size of a ring's block (`tp_block_size`); it must hold a frame.",
        .bytes(
            "a power of two from \(ByteCount(bytes: PlanBounds.blockBytes.lowerBound)) to "
                + "\(ByteCount(bytes: PlanBounds.blockBytes.upperBound))"),
        // As it would be typed.
        default: { "\(ByteCount(bytes: $0.receive.blockBytes))".filter { $0 != " " } }, examples: "256KiB")
    public let blocks = Setting<Int>(
        "receive.blocks", "Blocks of each worker's ring (`tp_block_nr`).", .number(PlanBounds.blocks),
        default: { "\($0.receive.blocks); 64 MiB of them where readers share CPUs with senders or the receiving softirq" }, examples: "16")
    public let retireMilliseconds = Setting<Int>(
        "receive.retire", "After so long the reader gets a block that isn't full (`tp_retire_blk_tov`); a number alone means milliseconds.",
        .milliseconds(PlanBounds.retireMilliseconds), default: { "\($0.receive.retireMilliseconds)" }, examples: "10ms", "8")
    public let snapBytes = Setting<Int>(
        "receive.snap",
        "Bytes of each frame to copy into the ring, 0 for \(PlanDefaults.snapBytes) where frames are larger, else all; lengths stay true.",
        .bytes("0 for automatic, or from the signature's end to \(PlanBounds.snapBytes.upperBound)"), default: { _ in "0" },
        examples: "256", "1KiB")
    public let xdpMode = Setting<XDPModeName>(
        "receive.xdp-mode", "How the interface runs the program of an `xdp` or `af-xdp` receiver.",
        SettingKind<XDPModeName>.name.saying(SettingKind<XDPModeName>.name.allowed + ", with such a receiver"),
        default: { _ in XDPModeName.native.rawValue }, examples: "generic", scope: .receivers(\.attachesProgram))
    public let foreign = Setting<ForeignAction>(
        "receive.foreign", "What the `xdp` receiver does with frames that aren't ours.",
        SettingKind<ForeignAction>.name.saying(SettingKind<ForeignAction>.name.allowed + ", with the xdp receiver"),
        default: { _ in ForeignAction.pass.rawValue }, examples: "drop", scope: .receivers(\.decidesOnForeignFrames))
    public let busyPollMicroseconds = Setting<Int>(
        "receive.busy-poll", "Microseconds for which an `af-xdp` reader polls the queue itself (SO_BUSY_POLL).",
        .number(PlanBounds.busyPollMicroseconds)
            .saying("\(SettingBounds(PlanBounds.busyPollMicroseconds).text), with the af-xdp receiver; 0 for not at all"),
        default: { _ in "0" }, examples: "50", scope: .receivers(\.pollsBusily))
}
