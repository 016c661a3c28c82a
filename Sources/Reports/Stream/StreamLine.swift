import FoundationEssentials
import Metrics
import Plans
import Results

/// What a line of `--json-stream` tells: `.event`.
public enum StreamEvent: String, CaseIterable, Codable, Sendable {
    /// What comes next is sent by this plan, until another line says otherwise.
    case plan
    case trialBegun = "trial-begun"
    case interval
    case trialEnded = "trial-ended"
    case warning
    /// The last line.
    case end
}

/// A line of `--json-stream`: the keys that all have, and those of its event beside them.
public struct StreamLine<Body: Encodable & Sendable>: Encodable, Sendable {
    public let event: StreamEvent
    /// CLOCK_REALTIME, nanoseconds since 1970.
    public let atNanoseconds: UInt64
    public let body: Body

    public init(_ event: StreamEvent, at nanoseconds: UInt64, _ body: Body) {
        self.event = event
        atNanoseconds = nanoseconds
        self.body = body
    }

    private enum CodingKeys: CodingKey { case schema, event, atNanoseconds }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(StreamSchema.current, forKey: .schema)
        try values.encode(event, forKey: .event)
        try values.encode(atNanoseconds, forKey: .atNanoseconds)
        try body.encode(to: encoder)
    }

    /// One line of JSON with its end, keys sorted.
    public func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
}

public enum StreamSchema {
    public static let current = "vethmark/stream/1"
}

/// Beside `plan`.
public struct StreamPlan: Codable, Equatable, Sendable {
    /// The words of the command line.
    public var command: [String]
    public var plan: TrialPlan

    public init(command: [String], plan: TrialPlan) {
        self.command = command
        self.plan = plan
    }
}

/// Beside `trial-begun`.
public struct StreamTrial: Codable, Equatable, Sendable {
    /// Counts from 0 through everything that the command measures.
    public var trial: Int

    public init(trial: Int) { self.trial = trial }
}

/// Beside `interval`.
public struct StreamInterval: Codable, Equatable, Sendable {
    public var trial: Int
    public var startNanoseconds: UInt64
    public var endNanoseconds: UInt64
    public var sent: UInt64
    public var received: UInt64
    public var txPps: Double
    public var rxPps: Double
    /// Sent minus received so far: lost, or still on their way.
    public var outstanding: UInt64

    public init(trial: Int, _ interval: IntervalResult, outstanding: UInt64) {
        self.trial = trial
        self.outstanding = outstanding
        (startNanoseconds, endNanoseconds) = (interval.startNanoseconds, interval.endNanoseconds)
        (sent, received, txPps, rxPps) = (interval.sent, interval.received, interval.txPps, interval.rxPps)
    }
}

/// Beside `trial-ended`.
public struct StreamTrialEnd: Codable, Equatable, Sendable {
    public var trial: Int
    public var result: TrialResult

    public init(trial: Int, result: TrialResult) {
        self.trial = trial
        self.result = result
    }
}

/// Beside `warning`.
public struct StreamWarning: Codable, Equatable, Sendable {
    /// The last trial that began; nil before the first.
    public var trial: Int?
    public var warning: Warning

    public init(trial: Int?, warning: Warning) {
        self.trial = trial
        self.warning = warning
    }
}

/// Beside `end`.
public struct StreamEnd<Result: Encodable & Sendable>: Encodable, Sendable {
    /// Where it is saved; nil if it isn't.
    public var path: String?
    /// With which the program ends.
    public var exitCode: Int32
    /// What `--json` would print.
    public var result: Result

    public init(path: String?, exitCode: Int32, result: Result) {
        self.path = path
        self.exitCode = exitCode
        self.result = result
    }
}
