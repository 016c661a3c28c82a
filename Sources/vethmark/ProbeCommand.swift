import ArgumentParser
import Kernel
import Reports
import Trials

struct ProbeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe", abstract: "What this kernel and this user can do, and why not, and how to get it.")

    @Flag(name: [.customShort("J"), .long], help: "Print one JSON object.")
    var json = false

    func run() throws {
        let result = Probe.run()
        let style = Terminal.style
        try Terminal.print(json ? JSONReport.text(result) : ProbeReport.text(result, style: style), terminator: "")
    }
}
