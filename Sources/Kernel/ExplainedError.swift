/// An error as its reader gets it: one sentence, what helps, and how the process ends by it.
///
/// Whoever catches `any Error` asks for this and has to know no type by name.
public protocol ExplainedError: Error {
    /// What is wrong, without a full stop.
    var sentence: String { get }
    /// What to do about it; nil where the sentence says it.
    var remedy: String? { get }
    /// Nil leaves it to whoever was at work: wrong usage (64) while a command line is read, 1 behind that.
    var exitCode: Int32? { get }
}

extension ExplainedError {
    public var remedy: String? { nil }
    public var exitCode: Int32? { nil }
    /// `sentence; remedy`
    public var explanation: String { remedy.map { "\(sentence); \($0)" } ?? sentence }
}

/// The same for an error of anybody's: its description where it has nothing better.
public struct Explanation: ExplainedError, Equatable {
    public let sentence: String
    public let remedy: String?
    public let exitCode: Int32?

    public init(of error: any Error) {
        let explained = error as? any ExplainedError
        sentence = explained?.sentence ?? "\(error)"
        remedy = explained?.remedy
        exitCode = explained?.exitCode
    }
}

extension SystemError: ExplainedError {
    public var sentence: String { description }
    public var remedy: String? { isPermission ? "run it as root; `vethmark probe` tells what works here" : nil }
}

extension NetlinkError: ExplainedError {
    public var sentence: String { description }
}
