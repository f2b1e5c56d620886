import Analysis
import Glibc
import Reading
import Records
import Tracing

/// Takes the records of a saved trace.
protocol TraceSink: ~Copyable {
  /// False where it takes no more.
  var isOpen: Bool { get }
  /// What comes next is of this trace, one of several.
  mutating func enter(_ trace: SavedTrace)
  mutating func append(_ event: TraceEvent)
  mutating func flush()
  mutating func flushIfDue()
}

extension Outputs: TraceSink {}

/// A saved trace: a file, or what comes through stdin.
struct SavedTrace {
  /// "-" is stdin.
  let path: String

  /// For messages.
  var name: String { path == "-" ? "stdin" : path }

  /// How the reading of one ended.
  struct End {
    /// True where not all of it could be read.
    var isFailure: Bool
    /// What is to be said of it, one line each.
    var remarks: [String]
    /// True where its trace does not end, unless in the next file.
    var isOpenEnded = false
    /// True where it goes on with the trace of the file before.
    var continues = false
  }

  private static let blockSize = 256 << 10

  /// In bytes; nil where it is no regular file.
  var size: UInt64? {
    guard let status, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return UInt64(clamping: status.st_size)
  }

  /// True where `outputs` would write what is read here.
  func isWritten(by outputs: borrowing Outputs) -> Bool {
    status.map { outputs.includes($0) } ?? false
  }

  var isThere: Bool { status != nil }

  /// True for an executable of any kind, and for a name without a folder that only PATH has: a
  /// command.
  var isProgram: Bool {
    guard let status else {
      let path = unsafe getenv("PATH").map { unsafe Array(String(cString: $0).utf8) }
      return !self.path.contains("/")
        && (try? CommandPath.resolve(Array(self.path.utf8), searchPath: path)) != nil
    }
    guard status.st_mode & S_IFMT == S_IFREG else { return false }
    let fd = path == "-" ? -1 : unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard fd != -1 else { return false }
    defer { _ = close(fd) }
    var start = [UInt8](repeating: 0, count: 4)
    let count = unsafe start.withUnsafeMutableBytes {
      unsafe pread(fd, $0.baseAddress, $0.count, 0)
    }
    let read = start.prefix(max(count, 0))
    return read.starts(with: "\u{7f}ELF".utf8) || read.starts(with: "#!".utf8)
  }

  private var status: stat? {
    var status = stat()
    let result =
      path == "-" ? unsafe fstat(STDIN_FILENO, &status) : unsafe stat(path, &status)
    return result == 0 ? status : nil
  }

  /// Reads it to its end, or until nobody takes any more; `wholeness` is told of all records.
  func read<Sink: TraceSink & ~Copyable>(
    into sink: inout Sink, _ wholeness: inout TraceWholeness, _ progress: inout ProgressLine
  ) -> End {
    let fd = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard fd != -1 else { return .failed(Diagnostics.text(ofErrno: errno)) }
    defer { if fd != STDIN_FILENO { _ = close(fd) } }
    var reader = RecordReader()
    var block = [UInt8](repeating: 0, count: Self.blockSize)
    do throws(ReadingError) {
      while sink.isOpen {
        if !Self.isReady(fd) { sink.flush() }
        let count = unsafe block.withUnsafeMutableBytes {
          unsafe Glibc.read(fd, $0.baseAddress, $0.count)
        }
        if count == -1, errno == EINTR { continue }
        guard count != -1 else { return .failed(Diagnostics.text(ofErrno: errno)) }
        if count == 0 {
          try reader.finish {
            wholeness.add($0)
            sink.append($0)
          }
          break
        }
        let before = reader.progress.records
        try reader.read(block.span.extracting(first: count)) {
          wholeness.add($0)
          sink.append($0)
        }
        sink.flushIfDue()
        progress.add(
          bytes: UInt64(clamping: count), records: reader.progress.records &- before)
      }
    } catch {
      return End(
        isFailure: true, remarks: Self.remarks(reader.progress) + ["\(error)"],
        continues: reader.progress.continues)
    }
    return End(
      isFailure: false, remarks: Self.remarks(reader.progress),
      isOpenEnded: sink.isOpen && reader.progress.isInTrace,
      continues: reader.progress.continues)
  }

  /// Says that its trace has no end, where no further file goes on with it.
  func sayOpenEnded() {
    Diagnostics.say(
      "\(name): it has no trace_end: it is still being written, or mmsgtrace was killed")
  }

  /// False where reading would wait, so that what was read should be shown first.
  private static func isReady(_ fd: Int32) -> Bool {
    var request = pollfd(fd: fd, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&request, 1, 0) != 0
  }

  private static func remarks(_ progress: ReadingProgress) -> [String] {
    progress.unknownKinds.sorted { $0.key < $1.key }.map { kind, count in
      "\(count == 1 ? "1 record" : "\(count) records") of the unknown kind '\(kind)' passed over:"
        + " a newer mmsgtrace may know it"
    }
  }
}

extension SavedTrace.End {
  fileprivate static func failed(_ reason: String) -> Self {
    SavedTrace.End(isFailure: true, remarks: [reason])
  }
}
