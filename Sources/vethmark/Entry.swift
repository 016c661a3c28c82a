import ArgumentParser
import Glibc
import Kernel

/// Where the program begins and ends: the only place that knows exit codes of the process itself.
@main
enum Entry {
    static func main() {
        StandardStream.secure()
        exit(run(Array(CommandLine.arguments.dropFirst())))
    }

    /// - Returns: the exit code. Whoever stopped reading what was printed gets that of the work itself.
    private static func run(_ arguments: [String]) -> Int32 {
        let code = outcome(arguments)
        // Whoever opened one has closed it; a terminal is too dear to rely on that.
        Terminal.closeScreen()
        do {
            try Terminal.flush()
            return code
        } catch is Terminal.ReaderGone {
            return code
        } catch {
            Terminal.say("vethmark: \(error)")
            return Exit.failed
        }
    }

    private static func outcome(_ arguments: [String]) -> Int32 {
        var command: any ParsableCommand
        do {
            // `-V` is another flag of `sniff`.
            command = try Vethmark.parseAsRoot(arguments == ["-V"] ? ["--version"] : CompareCommand.unfolded(arguments))
        } catch {
            return answer(error, arguments)
        }
        do {
            try command.run()
            return Exit.done
        } catch let error as ExitCode {
            return error.rawValue
        } catch is Terminal.ReaderGone {
            return Exit.done
        } catch is Terminal.Failure {
            // Told by the last flush.
            return Exit.failed
        } catch {
            // `help` is a command that throws its text.
            return answer(error, arguments)
        }
    }

    /// Help that was asked for, or what is wrong with the command line.
    private static func answer(_ error: any Error, _ arguments: [String]) -> Int32 {
        let text = Vethmark.fullMessage(for: error)
        guard Vethmark.exitCode(for: error) == .success else {
            Terminal.say("vethmark: \(UsageSentence(message: Vethmark.message(for: error), fullText: text, arguments: arguments))")
            return Exit.usage
        }
        do {
            try Terminal.print(HelpText.complete(text))
        } catch {
            // Told by the last flush, if there is something to tell.
        }
        return Exit.done
    }
}
