import Kernel
import Plans

/// Reads the bytes of a profile, and says what is wrong with a file that has none.
enum ProfileFile {
    /// A profile is some lines that a person wrote.
    static let largestBytes = 1 << 20

    static func text(path: String) throws(ProfileError) -> String {
        let bytes = try bytes(path: path)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let valid = String(decoding: validPrefix(of: bytes), as: UTF8.self)
            throw ProfileError(
                file: path, place: SourcePlace(offset: valid.count, in: valid), "this is not UTF-8 text")
        }
        return text
    }

    private static func bytes(path: String) throws(ProfileError) -> [UInt8] {
        guard !SafeFile.isFolder(path) else {
            throw ProfileError(file: path, "this is a directory; name a profile in it")
        }
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try InputFile(path: path).read(upTo: largestBytes + 1)
        } catch {
            let isGone = error.number == ErrorNumber.noEntry
            throw ProfileError(file: path, isGone ? "there is no such file" : "the file can't be read: \(error.reason.lowercased())")
        }
        guard bytes.count <= largestBytes else {
            throw ProfileError(file: path, "the file is larger than 1 MiB, which no profile is")
        }
        return bytes
    }

    private static func validPrefix(of bytes: [UInt8]) -> ArraySlice<UInt8> {
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var count = 0
        while case .valid(let scalar) = parser.parseScalar(from: &iterator) { count += scalar.count }
        return bytes.prefix(count)
    }
}
