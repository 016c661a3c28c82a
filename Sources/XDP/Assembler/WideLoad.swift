/// The source field of a 16-byte load: what its number stands for ("64-bit immediate instructions").
enum WideLoad {
    static let number: UInt8 = 0
    /// `BPF_PSEUDO_MAP_FD`: a map's descriptor; the program gets the map.
    static let map: UInt8 = 1
    /// `BPF_PSEUDO_MAP_VALUE`: a map's descriptor and an offset; the program gets the address inside of its only value.
    static let mapValue: UInt8 = 2
}
