import Kernel

/// What keeps a capture tool from being scored at all.
public enum CaptureError: ExplainedError, Equatable, CustomStringConvertible {
    case noTool
    case openQuote(String)
    case notFound(String)
    case notStarted(String, reason: String)
    /// Ended before it listened, with the last words it printed.
    case endedEarly(String, how: String, lastWords: String?)
    case neverListened(String, seconds: Int)
    case noReceivingEnd
    case noFolder(String, reason: String)
    case interrupted

    public var description: String { explanation }

    public var sentence: String {
        switch self {
        case .noTool: "no capture tool was named"
        case .openQuote(let line): "a quote isn't closed in: \(line)"
        case .notFound(let name): "there is no program '\(name)'"
        case .notStarted(let name, let reason): "\(name) can't be started: \(reason)"
        case .endedEarly(let name, let how, let words):
            "\(name) \(how) before it listened\(words.map { "; its last words: \($0)" } ?? ", without a word")"
        case .neverListened(let name, let seconds):
            "\(name) did not listen within \(seconds) s: no packet socket of its on the interface, and no frame in its file"
        case .noReceivingEnd: "nobody knows where the frames come out, so no tool can listen there"
        case .noFolder(let path, let reason): "no folder for what the tool writes could be made in \(path): \(reason)"
        case .interrupted: "it was interrupted before the load began"
        }
    }

    public var remedy: String? {
        switch self {
        case .noTool: "put it behind `--`, as in: vethmark capture -- tcpdump -i {if} -w {file}"
        case .openQuote: "close it"
        case .notFound: "install it, or give its path"
        case .notStarted: "make it a program that can be run"
        case .endedEarly: "try its command line by itself; {if} stands for the interface and {file} for its capture file"
        case .neverListened: "give it `-i {if}`, and a filter that lets the plan's frames through"
        case .noReceivingEnd: "name the receiving end with --rx"
        case .noFolder: "choose another place with TMPDIR"
        case .interrupted: "interrupt it later to have what there is by then"
        }
    }

    public var exitCode: Int32? {
        switch self {
        case .noTool, .openQuote: 64
        default: nil
        }
    }
}
