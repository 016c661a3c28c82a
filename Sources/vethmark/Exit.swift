import ArgumentParser
import Kernel
import Links
import Traces
import Trials

/// Exit codes, and the one way from an error to the terminal: a sentence, a remedy, a code.
enum Exit {
    static let done: Int32 = 0
    static let failed: Int32 = 1
    static let untrusted: Int32 = 3
    static let usage: Int32 = 64
    static let interrupted: Int32 = 130

    /// Runs what can only fail through wrong usage.
    static func usage<Output>(_ body: () throws -> Output) throws -> Output { try guarded(usage, body) }

    /// Runs what can fail for reasons outside of the command line.
    static func failure<Output>(_ body: () throws -> Output) throws -> Output { try guarded(failed, body) }

    private static func guarded<Output>(_ code: Int32, _ body: () throws -> Output) throws -> Output {
        do {
            return try body()
        } catch is Interrupted {
            throw ExitCode(interrupted)
        } catch let error as ExitCode {
            throw error
        } catch let error as Terminal.ReaderGone {
            throw error
        } catch let error as Terminal.Failure {
            throw error
        } catch TraceError.unwritable("-", let error) where error.isReaderGone {
            // A capture file on standard output.
            throw ExitCode(done)
        } catch {
            let explanation = Explanation(of: error)
            say("vethmark: \(explanation.explanation)")
            throw ExitCode(explanation.exitCode ?? code)
        }
    }

    /// One line on stderr; names of others in it can't move the cursor.
    static func say(_ text: String) { Terminal.say(text.visibleLines) }
}
