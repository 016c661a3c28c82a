/// How the frames of a load are spread over time, as the user says it. In results it is its text.
public enum LoadShape: Equatable, Hashable, Sendable {
    case constant
    case poisson
    case bursts(frames: UInt64)
    case onOff(onNanoseconds: UInt64, offNanoseconds: UInt64)
    /// From one rate to another over the whole time.
    case ramp(from: ShapeRate, to: ShapeRate)
    /// Each for so long, and again from the first.
    case steps([ShapeRate], eachNanoseconds: UInt64)
    /// Lines of time and rate.
    case file(path: String)
    /// At the times of the capture file whose frames are sent.
    case recorded

    /// Whether it says itself how many frames are sent.
    public var hasOwnRates: Bool {
        switch self {
        case .ramp, .steps, .file, .recorded: true
        case .constant, .poisson, .bursts, .onOff: false
        }
    }
}

/// A rate of a shape, which may be none.
public enum ShapeRate: Equatable, Hashable, Sendable {
    case none
    /// Never `max`.
    case some(RateRequest)

    /// `0`, `10kpps`, `1gbps`, `23%`.
    public init(parsing text: String) throws(QuantityError) {
        let word = text.filter { $0 != " " }.lowercased()
        guard word != "0", word != "0pps" else {
            self = .none
            return
        }
        let rate = try RateRequest(parsing: text)
        guard rate != .max else {
            throw QuantityError(quantity: "rate", found: text, problem: .unknownForm, allowed: "0, 10kpps, 1gbps or 23% of the line rate")
        }
        self = .some(rate)
    }
}

extension ShapeRate: CustomStringConvertible {
    public var description: String {
        switch self {
        case .none: "0"
        case .some(let rate): rate.description
        }
    }
}

extension LoadShape: CustomStringConvertible {
    public static let allowedText =
        "constant, poisson, bursts:FRAMES, on-off:ON,OFF, ramp:FROM..TO, steps:RATE,RATE/TIME or file:PATH; of a stream with a capture file also recorded"

    /// The largest burst: more is no burst, and a ring holds 65,536.
    public static let burstFrames: ClosedRange<UInt64> = 1...1_000_000
    /// Of on, off, and each step.
    public static let partNanoseconds: ClosedRange<UInt64> = 1_000...3_600_000_000_000
    public static let largestSteps = 256

    /// `bursts:32`, `on-off:10ms,90ms`, `ramp:0..100kpps`, `steps:10kpps,100kpps/500ms`; words in any case.
    public init(parsing text: String) throws(QuantityError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let rest = parts.count > 1 ? parts[1] : nil
        switch (parts.first?.filter { $0 != " " }.lowercased(), rest) {
        case ("constant", nil): self = .constant
        case ("poisson", nil): self = .poisson
        case ("recorded", nil): self = .recorded
        case ("bursts", let rest?): self = .bursts(frames: try Self.burst(rest))
        case ("on-off", let rest?): self = try Self.onOff(rest, of: text)
        case ("ramp", let rest?): self = try Self.ramp(rest, of: text)
        case ("steps", let rest?): self = try Self.steps(rest, of: text)
        case ("file", let path?) where !path.isEmpty: self = .file(path: path)
        default: throw Self.error(text, .unknownForm)
        }
    }

    private static func burst(_ text: String) throws(QuantityError) -> UInt64 {
        let frames = try CountText(parsing: text).count
        guard burstFrames.contains(frames) else {
            throw QuantityError(
                quantity: "burst", found: text, problem: frames == 0 ? .zero : .tooLarge,
                allowed: "\(burstFrames.lowerBound) to \(burstFrames.upperBound) frames")
        }
        return frames
    }

    private static func onOff(_ text: String, of whole: String) throws(QuantityError) -> LoadShape {
        let times = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard times.count == 2 else { throw error(whole, .unknownForm, allowed: "two times, as in on-off:10ms,90ms") }
        return .onOff(onNanoseconds: try part(times[0]), offNanoseconds: try part(times[1]))
    }

    private static func part(_ text: String) throws(QuantityError) -> UInt64 {
        let time = try DurationText(parsing: text).nanoseconds
        guard partNanoseconds.contains(time) else {
            throw QuantityError(
                quantity: "time", found: text, problem: time < partNanoseconds.lowerBound ? .tooSmall : .tooLarge,
                allowed:
                    "\(DurationText(nanoseconds: partNanoseconds.lowerBound)) to \(DurationText(nanoseconds: partNanoseconds.upperBound))"
            )
        }
        return time
    }

    private static func ramp(_ text: String, of whole: String) throws(QuantityError) -> LoadShape {
        guard let dots = text.firstRange(of: "..") else { throw error(whole, .unknownForm, allowed: "two rates, as in ramp:0..100kpps") }
        let from = try ShapeRate(parsing: String(text[..<dots.lowerBound]))
        let to = try ShapeRate(parsing: String(text[dots.upperBound...]))
        guard from != .none || to != .none else { throw error(whole, .zero, allowed: "two rates of which one is above zero") }
        return .ramp(from: from, to: to)
    }

    private static func steps(_ text: String, of whole: String) throws(QuantityError) -> LoadShape {
        let allowed = "up to \(largestSteps) rates and how long each holds, as in steps:10kpps,100kpps/500ms"
        guard let slash = text.lastIndex(of: "/") else { throw error(whole, .unknownForm, allowed: allowed) }
        var rates: [ShapeRate] = []
        for rate in text[..<slash].split(separator: ",", omittingEmptySubsequences: false) {
            rates.append(try ShapeRate(parsing: String(rate)))
        }
        guard rates.count <= largestSteps else { throw error(whole, .tooLarge, allowed: allowed) }
        guard rates.contains(where: { $0 != .none }) else { throw error(whole, .zero, allowed: "rates of which one is above zero") }
        return .steps(rates, eachNanoseconds: try part(String(text[text.index(after: slash)...])))
    }

    private static func error(_ text: String, _ problem: QuantityError.Problem, allowed: String = "a shape that there is") -> QuantityError
    {
        QuantityError(quantity: "shape", found: text, problem: problem, allowed: allowed)
    }

    /// The text that parses to the same value again.
    public var description: String {
        func time(_ nanoseconds: UInt64) -> String { "\(DurationText(nanoseconds: nanoseconds))".filter { $0 != " " } }
        return switch self {
        case .constant: "constant"
        case .poisson: "poisson"
        case .bursts(let frames): "bursts:\(frames)"
        case .onOff(let on, let off): "on-off:\(time(on)),\(time(off))"
        case .ramp(let from, let to): "ramp:\(from)..\(to)"
        case .steps(let rates, let each): "steps:\(rates.map(\.description).joined(separator: ","))/\(time(each))"
        case .file(let path): "file:\(path)"
        case .recorded: "recorded"
        }
    }
}

extension LoadShape: WrittenAsText {}
