import Traces
import XDP

/// The libraries of the machine that vethmark calls and that say which version they are.
public enum LibraryVersions {
    /// As in `libpcap 1.10.3, libbpf 1.1, zlib 1.2.13`.
    public static var line: String {
        "libpcap \(TraceLibraries.pcapVersion), libbpf \(ProgramLibrary.version), zlib \(TraceLibraries.zlibVersion)"
    }
}
