/// The sending side.
public struct TransmitSection: SettingSection {
    public static let name = "transmit"
    public static let title = "Workers and rings"
    public static let shared = TransmitSection()

    public let engine = Setting<EngineName>(
        "transmit.engine", "How frames leave; `auto` takes the fastest that fits.", .nameOrAuto, default: { _ in "auto" },
        choosing: { plan in plan.transmit.engineReason.map { (plan.transmit.engine.rawValue, $0) } },
        examples: "ring", scope: .runsOnly)
    public let workers = Setting<Int>(
        "transmit.threads", "Transmit workers: a pinned thread, socket and ring each.", .number(PlanBounds.workers),
        default: { "\($0.transmit.workers), or one for each of `cpus`" }, examples: "2", flag: SettingFlag("--threads", short: "P"))
    public let cpus = Setting<[Int]>(
        "transmit.cpus", "The CPU of each worker, in order.", .cpus, default: { _ in "automatic" }, examples: "[0, 2]", "3", "5,7", "0-3",
        flag: SettingFlag("--cpus", word: "tx"))
    public let ringSlots = Setting<Int>(
        "transmit.ring-slots", "Slots of each worker's ring; rounded up to whole rounds of the frames.", .number(PlanBounds.ringSlots),
        default: { _ in
            "\(PlanDefaults.ringSlots), with gso \(PlanDefaults.segmentedSlots), with superframes \(PlanDefaults.superframeSlots), or what batch and different frames need"
        },
        examples: "1024")
    public let batchFrames = Setting<Int>(
        "transmit.batch", "Frames handed to the kernel in one call, at most.",
        .number(PlanBounds.batchFrames).saying("\(SettingBounds(PlanBounds.batchFrames).text), and no more than ring slots"),
        default: { _ in
            "\(PlanDefaults.batchFrames), with gso \(PlanDefaults.segments * PlanDefaults.segmentedBatchSlots), with superframes \(PlanDefaults.superframeBatch)"
        },
        examples: "64")
    public let layout = Setting<SlotLayout>(
        "transmit.layout", "`linear` socket buffers, or `fragments`: the ring's pages, which veth has to copy.", .name,
        default: { $0.transmit.layout.rawValue }, examples: "fragments")
    public let segments = Setting<Int>(
        "transmit.segments", "Frames that a slot of the `gso` engine is cut into, or segments of a superframe, as far as 64 KiB hold them.",
        .number(PlanBounds.segments).saying("\(SettingBounds(PlanBounds.segments).text), with the gso engine"),
        default: { _ in "\(PlanDefaults.segments), with superframes as many as fit" }, examples: "32", scope: .engines(\.cutsSlots))
    public let superframes = Setting<Bool>(
        "transmit.superframes",
        "Have the `gso` engine's slots pass uncut, as containers' TCP does; sent, received and counted are superframes then.",
        .truth, default: { "\($0.sendsSuperframes)" }, examples: "true", scope: .runsOnly)
    public let qdiscBypass = Setting<Bool>(
        "transmit.qdisc-bypass", "Go past the queueing discipline (PACKET_QDISC_BYPASS).", .truth,
        default: { _ in "true, but false with the gso engine, which can't" }, examples: "false")
}
