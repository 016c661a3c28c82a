import ArgumentParser
import Engines
import Kernel

struct Vethmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vethmark",
        abstract: "Traffic generator and benchmark for veth pairs and other Ethernet interfaces.",
        discussion: """
            Without arguments it makes a private veth pair, sends 64-byte frames through it as fast as the kernel takes \
            them for 5 s, and prints frames per second, loss and latency. No root needed. `-V` prints the version.
            """,
        version: "\(vethmarkVersion) (commit \(BuildFacts.commit ?? "unknown"))\n\(LibraryVersions.line)",
        subcommands: [
            RunCommand.self,
            RerunCommand.self,
            AcrossCommand.self,
            ResultsCommand.self,
            ExportCommand.self,
            SweepCommand.self,
            DeployCommand.self,
            TuneCommand.self,
            CompareCommand.self,
            ReportCommand.self,
            SearchCommand.self,
            RFC2544Command.self,
            RFC9004Command.self,
            CaptureCommand.self,
            ReplayCommand.self,
            RenderCommand.self,
            ProfileCommand.self,
            BakeoffCommand.self,
            LinkCommand.self,
            SendCommand.self,
            SniffCommand.self,
            ProbeCommand.self,
            RestoreCommand.self
        ],
        defaultSubcommand: RunCommand.self)
}

/// Stands in every result.
let vethmarkVersion = "0.1.0"
