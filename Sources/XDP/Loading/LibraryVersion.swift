import CBPF

/// The version of the library that loads programs, as it says itself: that of the machine, not the one it was built with.
public enum ProgramLibrary {
    /// libbpf's, as in `1.1`.
    public static var version: String { "\(libbpf_major_version()).\(libbpf_minor_version())" }
}
