import Metrics
import Traces

/// When the frames of a replayed file leave.
public enum ReplayTiming: Equatable, Sendable {
    case asFastAsPossible
    /// As they were captured, so many times as fast.
    case original(speed: Double)
    /// At a steady rate: frames, layer 2 bits, or a share of layer 1 bits.
    case steady(RateRequest, lineRate: BitRate?)

    public var isTimed: Bool { self != .asFastAsPossible }
}

/// Says of each frame when it is due, in nanoseconds since the pass of the file began. A function of the file alone, so nothing drifts.
struct ReplayClock {
    private let timing: ReplayTiming
    private var frames: UInt64 = 0
    /// Of all frames so far, without FCS.
    private var bytes: UInt64 = 0
    private var first: Int128?
    private var latest: Int128 = 0
    /// Frames whose time lies before that of one in front of them; they are due with it.
    private(set) var backwards: UInt64 = 0
    /// Frames of which the file has no time; they are due with the one in front of them.
    private(set) var withoutTime: UInt64 = 0

    init(_ timing: ReplayTiming) { self.timing = timing }

    /// What lies between the first frame's time and the latest, as captured.
    var spanNanoseconds: UInt64 { UInt64(clamping: latest - (first ?? latest)) }

    package mutating func due(_ frame: CapturedFrame) -> UInt64 {
        defer {
            frames += 1
            bytes += UInt64(frame.bytes.count)
        }
        note(frame)
        return due()
    }

    private mutating func note(_ frame: CapturedFrame) {
        guard frame.hasTime else {
            withoutTime += 1
            return
        }
        guard first != nil else {
            (first, latest) = (frame.timestampNanoseconds, frame.timestampNanoseconds)
            return
        }
        if frame.timestampNanoseconds < latest { backwards += 1 }
        latest = max(latest, frame.timestampNanoseconds)
    }

    private func due() -> UInt64 {
        switch timing {
        case .asFastAsPossible: 0
        case .original(let speed): Self.scaled(spanNanoseconds, by: 1 / speed)
        case .steady(.max, _): 0
        case .steady(.packets(let rate), _): Self.scaled(frames, by: 1e9 / rate.packetsPerSecond)
        case .steady(.bits(let rate), _): Self.scaled(bytes + 4 * frames, by: 8e9 / rate.bitsPerSecond)
        case .steady(.percent(let percent), let lineRate):
            Self.scaled(bytes + 24 * frames, by: 8e9 / ((lineRate?.bitsPerSecond ?? .infinity) * percent / 100))
        }
    }

    /// How long a pass lasts when another follows: at the original times there is one mean gap between its last frame and the next one's first.
    var passNanoseconds: UInt64 {
        guard case .original(let speed) = timing else { return due() }
        return Self.scaled(spanNanoseconds + (frames > 1 ? spanNanoseconds / (frames - 1) : 0), by: 1 / speed)
    }

    /// Exact to the nanosecond up to 104 days (2⁵³ ns).
    private static func scaled(_ value: UInt64, by factor: Double) -> UInt64 {
        let product = Double(value) * factor
        return factor == 1 ? value : product < 0x1p62 ? UInt64(product) : 1 << 62
    }
}
