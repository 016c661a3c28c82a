import CLinux
import Glibc

/// Standard output and standard error, without a buffer.
public enum StandardStream: Int32, Sendable {
    // Unsafe: strings and structs are lent to the C library for the call alone, and it writes no more than they hold.

    case output = 1
    case error = 2

    /// Makes writing to them safe; before anything else opens a file.
    ///
    /// A stream that the caller closed would be the number of the next file that is opened, and a report would land in it: it is opened on
    /// /dev/null instead, for the other direction, so that using it fails (`stdopen` of gnulib does the same). A reader that went away is an
    /// error of `write(2)` and no signal: SIGPIPE would end the program with interfaces changed.
    public static func secure() {
        signal(SIGPIPE, SIG_IGN)
        for number in 0...2 as ClosedRange<Int32> where fcntl(number, F_GETFD) < 0 && errno == EBADF {
            // The lowest free number is this one.
            _ = unsafe open("/dev/null", number == 0 ? O_WRONLY : O_RDONLY)
        }
    }

    /// Writes all of it, waiting for a reader that made the pipe non-blocking.
    ///
    /// - Throws: `SystemError` of `write(2)`: EPIPE when nobody reads any more, ENOSPC on a full disk, EBADF for a stream that was closed.
    public func write(_ bytes: [UInt8]) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            do throws(SystemError) {
                done += try systemCall("write") {
                    unsafe bytes.withUnsafeBytes { unsafe Glibc.write(rawValue, $0.baseAddress! + done, $0.count - done) }
                }
            } catch {
                guard error.number == EAGAIN else { throw error }
                var entry = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
                unsafe poll(&entry, 1, -1)
            }
        }
    }
}

extension SystemError {
    /// Nobody reads the other end of the pipe any more.
    public var isReaderGone: Bool { number == EPIPE }
}

extension StandardStream {
    // Unsafe: strings and structs are lent to the C library for the call alone, and it writes no more than they hold.

    /// Characters in a line of the terminal it is; nil if it is none, or one that doesn't tell (TIOCGWINSZ).
    public var columns: Int? { windowSize?.columns }

    /// The same and its lines.
    public var windowSize: (columns: Int, rows: Int)? {
        var size = winsize()
        guard unsafe cl_ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }
}
