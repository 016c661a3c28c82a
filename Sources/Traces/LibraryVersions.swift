import CPcap
import CZlib

/// Versions of the libraries that this room calls, as they say themselves: those of the machine, not those it was built with.
public enum TraceLibraries {
    // Unsafe: both give string constants of their library.

    /// libpcap's, as in `1.10.3`.
    public static var pcapVersion: String {
        // "libpcap version 1.10.3 (with TPACKET_V3)"
        let words = unsafe String(cString: pcap_lib_version()).split(separator: " ")
        return words.first { $0.first?.isNumber == true }.map(String.init) ?? words.joined(separator: " ")
    }

    /// zlib's, as in `1.2.13`.
    public static var zlibVersion: String { unsafe String(cString: CZlib.zlibVersion()) }
}
