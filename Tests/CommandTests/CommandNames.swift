import ArgumentParser

@testable import vethmark

/// Every command as it is typed behind `vethmark`, so that none is left out of what is asked of all.
enum CommandNames {
    static let all = [""] + names(of: Vethmark.self, behind: "")

    private static func names(of command: any ParsableCommand.Type, behind prefix: String) -> [String] {
        command.configuration.subcommands.flatMap { child in
            let name = prefix + (child.configuration.commandName ?? "")
            return [name] + names(of: child, behind: name + " ")
        }
    }
}
