import CLinux
import Glibc

/// A system call that failed: which one, and the `errno` it left.
public struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
    // Unsafe: `strerror` gives a string that is copied at once.

    public let call: String
    public let number: Int32

    public init(call: String, number: Int32) {
        self.call = call
        self.number = number
    }

    /// The C library's words for `number`, such as "Operation not permitted".
    public var reason: String { unsafe String(cString: strerror(number)) }

    public var description: String { "\(call): \(reason) (errno \(number))" }

    public var isPermission: Bool { number == EPERM || number == EACCES }
}

/// The one way into the kernel: `errno` is read at once, EINTR is retried.
///
/// - Throws: `SystemError` carrying `call` if `body` returned a negative number.
@discardableResult
public func systemCall<Result: SignedInteger>(
    _ call: String, _ body: () -> Result
) throws(SystemError) -> Result {
    while true {
        let result = body()
        if result >= 0 { return result }
        let number = errno
        if number != EINTR { throw SystemError(call: call, number: number) }
    }
}
