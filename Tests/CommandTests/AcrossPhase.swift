import Foundation
import Subprocess

/// When something happens to one of two ranks.
enum AcrossPhase: String, CaseIterable, Sendable {
    /// Before either is started.
    case before
    case warmUp, window, drain

    /// So long that what happens falls into it.
    var words: [String] {
        switch self {
        case .before: ["--warmup", "0", "-t", "300ms"]
        case .warmUp: ["--warmup", "20", "-t", "1"]
        case .window: ["--warmup", "0", "-t", "20"]
        case .drain: ["--warmup", "0", "-t", "1"]
        }
    }
}

extension AcrossBed {
    /// At 2 kpps: somewhere in the midst of a phase. The drain comes by time, for on a busy machine not all frames of a window are offered.
    func wait(for phase: AcrossPhase) async throws {
        guard phase != .before else { return }
        try await waitForFrames(300)
        try await Task.sleep(for: .milliseconds(phase == .drain ? 1_300 : 300))
    }

    /// 500 frames of 60 bytes a second come to rank 1, and no more; the others wait.
    func slowDown() async throws {
        try await Program.tool(
            "tc", "-n", bridge, "qdisc", "add", "dev", "p2", "root", "tbf", "rate", "240kbit", "burst", "2kb", "limit", "10mb")
    }

    /// A bridge's isolated ports don't reach each other: what was sent is waited for, and never comes.
    func isolate() async throws {
        for port in ["p1", "p2"] {
            try await Program.tool("ip", "-n", bridge, "link", "set", port, "type", "bridge_slave", "isolated", "on")
        }
    }
}
