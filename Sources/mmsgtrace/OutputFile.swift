import Glibc
import Output
import Records
import Tracing

/// An open output: where records go in one format, and what happens when they cannot.
///
/// Records are gathered and written in large blocks. An output that fails is given up, and what
/// it could not take is counted; the trace goes on.
struct OutputFile: ~Copyable {
  /// For messages.
  let name: String
  /// What was not written, in records.
  private(set) var lost: UInt64 = 0
  /// When something is to be done (CLOCK_MONOTONIC); nil for never.
  var deadline: UInt64? {
    guard let nextRefresh else { return nextFlush }
    return min(nextFlush ?? .max, nextRefresh)
  }

  /// When the oldest unwritten record has to be written, or a failure told.
  private var nextFlush: UInt64?
  /// When the format is to show anew what it was given.
  private var nextRefresh: UInt64?
  private var fd: Int32
  private let ownsDescriptor: Bool
  /// True where we made the file: a trace that does not begin takes it away again.
  private let created: Bool
  /// True for a terminal or stderr: a person waits for each line.
  private let isImmediate: Bool
  private var format: any RecordFormat
  private var buffer = ByteBuffer()
  /// Where in `buffer` each record ends.
  private var ends: [Int] = []
  /// False where it was given up.
  private(set) var isOpen = true
  private var failure: OutputFailure?

  private let rotation: FileRotation?
  /// What a further file of the same trace begins with.
  private var start: TraceStart?
  /// Bytes in the file, and at how many of them it is full.
  private var size: UInt64 = 0
  private var fullSize = UInt64.max
  /// True where it was said that it cannot be rotated or opened again.
  private var saidStuck = false

  /// Unwritten bytes are written at once beyond so many.
  private static let blockSize = 128 << 10
  /// Nanoseconds a record may wait for more to be written with.
  private static let patience: UInt64 = 50_000_000

  /// Stderr, stdout (`-`) or the file at `path`, which is made with mode 0600 and not yet changed.
  init(
    path: String?, format: any RecordFormat, rotation: FileRotation? = nil
  ) throws(Failure) {
    self.format = format
    name = path.map { $0 == "-" ? "stdout" : $0 } ?? "stderr"
    guard let path, path != "-" else {
      fd = path == nil ? STDERR_FILENO : STDOUT_FILENO
      ownsDescriptor = false
      created = false
      isImmediate = fd == STDERR_FILENO || isatty(fd) == 1
      self.rotation = nil
      return
    }
    var new = true
    var number = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if number == -1, errno == EEXIST {
      new = false
      number = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    }
    guard number != -1 else {
      throw Failure(
        text: "\(path): \(Diagnostics.text(ofErrno: errno))", status: Failure.Status.ours)
    }
    fd = number
    ownsDescriptor = true
    created = new
    isImmediate = isatty(fd) == 1
    self.rotation = rotation
    if let rotation, isRegular { fullSize = rotation.maximumSize }
  }

  deinit {
    if ownsDescriptor { _ = close(fd) }
  }

  var isTerminal: Bool { isatty(fd) == 1 }

  /// True where it is the regular file that `status` describes.
  func isFile(_ status: stat) -> Bool {
    var own = stat()
    return unsafe fstat(fd, &own) == 0 && own.st_mode & S_IFMT == S_IFREG
      && own.st_dev == status.st_dev && own.st_ino == status.st_ino
  }

  private var isRegular: Bool {
    var own = stat()
    return unsafe fstat(fd, &own) == 0 && own.st_mode & S_IFMT == S_IFREG
  }

  /// Empties the file: the trace begins. Pipes and devices have nothing to empty.
  func begin() {
    if ownsDescriptor { _ = ftruncate(fd, 0) }
  }

  /// The trace did not begin: a file that was made for it goes, others stay as they are.
  func discard() {
    if created { _ = unsafe unlink(name) }
  }

  /// Adds a record.
  mutating func append(_ event: TraceEvent, now: UInt64) {
    if size &+ UInt64(buffer.count) >= fullSize { rotate() }
    if case .start(let start) = event { self.start = start }
    add(now: now) { $0.append(event, to: &$1) }
    if nextRefresh == nil, isOpen { nextRefresh = format.refreshInterval.map { now &+ $0 } }
  }

  /// Adds what the format says behind the last record, and writes everything.
  mutating func finish(now: UInt64) {
    guard isOpen else { return }
    nextRefresh = nil
    add(now: now) { $0.finish(to: &$1) }
    flush()
  }

  private mutating func add(
    now: UInt64, _ write: (inout any RecordFormat, inout ByteBuffer) -> Void
  ) {
    guard isOpen else {
      lost += failure == nil ? 0 : 1
      return
    }
    let before = buffer.count
    write(&format, &buffer)
    guard buffer.count > before else { return }
    ends.append(buffer.count)
    if nextFlush == nil { nextFlush = isImmediate ? now : now &+ Self.patience }
    if buffer.count >= Self.blockSize { flush() }
  }

  /// Writes, or tells, what is due.
  mutating func flushIfDue(now: UInt64) {
    if let nextRefresh, nextRefresh <= now, isOpen {
      self.nextRefresh = nil
      add(now: now) { $0.refresh(to: &$1) }
      flush()
    }
    guard let nextFlush, nextFlush <= now else { return }
    if isOpen {
      flush()
    } else {
      self.nextFlush = nil
      failure?.tell(name, lost: lost)
    }
  }

  /// Tells of a failure that has not been told with its last count.
  mutating func tellFailure() { failure?.tell(name, lost: lost) }

  /// Writes everything.
  mutating func flush() {
    guard isOpen else { return }
    nextFlush = nil
    var written = 0
    while written < buffer.count {
      let result = unsafe buffer.bytes[written...].withUnsafeBytes {
        unsafe write(fd, $0.baseAddress, $0.count)
      }
      if result >= 0 {
        written += result
        size &+= UInt64(result)
      } else if errno == EAGAIN {
        // The program made the stream non-blocking; we have time.
        var request = pollfd(fd: fd, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&request, 1, -1)
      } else if errno != EINTR {
        giveUp(errno, written: written)
        break
      }
    }
    buffer.clear()
    ends.removeAll(keepingCapacity: true)
  }

  private mutating func giveUp(_ errno: Int32, written: Int) {
    isOpen = false
    nextRefresh = nil
    // A reader of our standard streams that has seen enough (head) is no loss.
    if errno == EPIPE, !ownsDescriptor { return }
    let whole = ends.last { $0 <= written } ?? 0
    lost += UInt64(ends.count { $0 > written })
    // A file is to end with a whole record.
    let position = ownsDescriptor ? lseek(fd, 0, SEEK_CUR) : 0
    if position > 0 { _ = ftruncate(fd, position - off_t(written - whole)) }
    failure = OutputFailure(errno: errno)
    // Where the trace ends soon it is told once, with the whole count.
    nextFlush = Clock.monotonic() &+ OutputFailure.patience
  }
}

// One trace in several files, none of which begins or ends within a record.
extension OutputFile {
  /// Goes on in a new file, where the full one can be put away; else in the full one.
  private mutating func rotate() {
    flush()
    guard isOpen, let rotation else { return }
    let header = header(previous: FileRotation.nextName(of: name))
    do {
      goOn(in: try rotation.replace(name, header: header.bytes.span), size: header.count)
      fullSize = max(rotation.maximumSize, size &+ 1)
    } catch {
      fullSize = size &+ rotation.maximumSize
      sayStuck("cannot be rotated", error.errno)
    }
  }

  /// Goes on in the file that has its name now: the one that is open may have been moved away.
  mutating func reopen() {
    guard isOpen, ownsDescriptor, isRegular else { return }
    flush()
    let new = unsafe open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard new != -1 else { return sayStuck("cannot be opened again", errno) }
    var status = stat()
    guard unsafe fstat(new, &status) == 0, status.st_mode & S_IFMT == S_IFREG, !isFile(status)
    else {
      _ = close(new)
      return
    }
    let header = header(
      previous: FileRotation.currentName(of: fd) ?? FileRotation.fileName(name))
    // Somebody else may have begun it.
    _ = lseek(new, 0, SEEK_END)
    goOn(in: new, size: Int(clamping: status.st_size))
    if let rotation { fullSize = max(rotation.maximumSize, size &+ 1) }
    guard header.count > 0 else { return }
    buffer = header
    ends = [header.count]
    flush()
  }

  private mutating func goOn(in new: Int32, size: Int) {
    _ = close(fd)
    fd = new
    self.size = UInt64(clamping: size)
    saidStuck = false
  }

  /// What a file begins with that goes on with the trace of another.
  private mutating func header(previous: String) -> ByteBuffer {
    var header = ByteBuffer()
    if var start {
      start.previous = previous
      format.append(.start(start), to: &header)
    }
    return header
  }

  private mutating func sayStuck(_ what: String, _ errno: Int32) {
    guard !saidStuck else { return }
    saidStuck = true
    Diagnostics.say(
      "\(name): \(what): \(Diagnostics.text(ofErrno: errno)): going on in the old file")
  }
}

/// Why an output was given up, and what was said of it.
private struct OutputFailure {
  var errno: Int32
  private var toldLosses: UInt64 = 0

  /// Nanoseconds until it is told while the trace goes on.
  static let patience: UInt64 = 1_000_000_000

  init(errno: Int32) { self.errno = errno }

  mutating func tell(_ name: String, lost: UInt64) {
    guard lost > toldLosses else { return }
    toldLosses = lost
    let records = lost == 1 ? "1 record is lost" : "\(lost) records are lost"
    Diagnostics.say("\(name): \(Diagnostics.text(ofErrno: errno)): \(records)")
  }
}
