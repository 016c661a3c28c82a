/// Where two ranks are in what they do together.
public enum ControlPhase: String, CaseIterable, Sendable {
    /// Between trials.
    case idle
    case preparing
    /// Everybody is listening, or the last phase of frames has drained.
    case ready
    /// Frames leave.
    case open
    case draining
    /// The outcome was asked for.
    case settling
    /// Nothing more will be said.
    case over

    var words: String {
        switch self {
        case .idle: "between trials"
        case .preparing: "making ready"
        case .ready: "ready"
        case .open: "at work"
        case .draining: "draining"
        case .settling: "settling the book"
        case .over: "done"
        }
    }
}
