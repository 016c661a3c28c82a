import Traffic

/// A capture file as a profile's load: what `vethmark replay` sends, and when. It says nothing of a trial that makes its own frames, so that the
/// table of settings doesn't have it.
public struct ReplaySection: SettingSection {
    public static let name = "replay"
    public static let title = "Replay"
    public static let shared = ReplaySection()

    public let file = Setting<String>(
        "replay.file", "The capture file, from the profile's folder on.", .line(characters: 1...4_096),
        default: { _ in "none: it has to be said" },
        examples: "frames.pcap")
    public let loop = Setting<Int>(
        "replay.loop", "How often it is replayed, 0 until Ctrl-C.", .number(ReplayRequest.loops), default: { _ in "1" }, examples: "10")
    public let perLoop = Setting<[FieldMove]>(
        "replay.per-loop", "Fields that move from loop to loop, with right checksums.",
        SettingKind.parsed("FIELD=STEP") { try? FieldMove($0) }.list("a list of FIELD=STEP"), default: { _ in "none" },
        examples: "[ip.src=+1, udp.srcport=+1]")
    public let original = Setting<Bool>(
        "replay.original", "Each frame at its own time.", .truth, default: { _ in "false: as fast as possible, or at `load.rate`" },
        examples: "true")
    public let speed = Setting<Double>(
        "replay.speed", "The times of the file, so many times as fast.",
        .parsed(ReplayRequest.allowedSpeeds, ReplayRequest.speed), default: { _ in "none" },
        examples: "2", "0.5")
    public let stamp = Setting<Bool>(
        "replay.stamp", "Lay a signature over the start of each payload of UDP or TCP that has room.", .truth, default: { _ in "false" },
        examples: "true")
}

/// What is asked of a replay; nil where nobody said.
public struct ReplayRequest: Equatable, Sendable {
    public static let loops = 0...1_000_000_000
    public static let allowedSpeeds = "0.001 to 1000000"

    /// How many times as fast; nil for what is no such number.
    @Sendable public static func speed(_ text: String) -> Double? {
        Double(text).flatMap { (0.001...1_000_000).contains($0) ? $0 : nil }
    }

    public var file: String?
    public var loop: Int?
    public var perLoop: [FieldMove]?
    public var original: Bool?
    public var speed: Double?
    public var stamp: Bool?

    public init() {}

    /// This request with what another says over it. What says when frames leave takes the place of all that did.
    public func applying(_ other: ReplayRequest) -> ReplayRequest {
        var request = self
        if other.original != nil || other.speed != nil { (request.original, request.speed) = (nil, nil) }
        request.file = other.file ?? file
        request.loop = other.loop ?? loop
        request.perLoop = other.perLoop ?? perLoop
        request.original = other.original ?? request.original
        request.speed = other.speed ?? request.speed
        request.stamp = other.stamp ?? stamp
        return request
    }
}
