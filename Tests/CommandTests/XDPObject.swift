import Foundation

/// The smallest XDP program, compiled for ip(8) to attach.
struct XDPObject {
    let path: String
    private let folder: TemporaryFolder

    /// Nil, and a line that says so, without a clang that knows BPF.
    static func make() async throws -> XDPObject? {
        let folder = try TemporaryFolder()
        let source = try folder.file(
            "pass.c",
            """
            __attribute__((section("xdp"), used)) int vm_pass(void *context) { return 2; }
            char terms[] __attribute__((section("license"), used)) = "GPL";

            """)
        let path = folder.path + "/pass.o"
        do {
            try await Program.tool("clang", "-O2", "-g", "-target", "bpf", "-c", source, "-o", path)
        } catch {
            print("SKIPPED: CommandTests: XDP programs need clang with its BPF target: \(error)")
            if ProcessInfo.processInfo.environment["CI"] != nil { throw error }
            return nil
        }
        return XDPObject(path: path, folder: folder)
    }
}
