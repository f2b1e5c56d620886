import Glibc
import Output
import Records
import Tracing

/// An open output: where records go in one format, and what happens when they cannot.
///
/// Records are gathered and written in large blocks. An output that fails is given up, and what
/// it could not take is counted; the trace goes on.
final class OutputFile {
  /// For messages.
  let name: String
  /// What it was given, in records.
  private var given: UInt64 = 0
  /// What was not written, in records.
  private(set) var lost: UInt64 = 0
  /// False where it was given up.
  private(set) var isOpen = true
  private var failure: OutputFailure?

  private let descriptor: OutputDescriptor
  private var format: any RecordFormat
  private var pending = PendingRecords()
  let isTerminal: Bool
  /// True for a terminal on which records, or what they come to, appear as they come.
  var isWatched: Bool { isTerminal && !format.writesAtEndOnly }
  /// True for a terminal or stderr: a person waits for each line.
  private let isImmediate: Bool
  /// When the oldest unwritten record has to be written, or a failure told.
  private var nextFlush: UInt64?
  /// When the format is to show anew what it was given.
  private var nextRefresh: UInt64?

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

  /// Stderr (nil), stdout (`-`) or the file at `path`, which is not yet changed; where `isStaged`,
  /// not before the end.
  init(
    path: String?, format: any RecordFormat, isStaged: Bool = false, rotation: FileRotation? = nil
  ) throws(Failure) {
    let descriptor = try OutputDescriptor(path: path, isStaged: isStaged)
    self.format = format
    name = path.map { $0 == "-" ? "stdout" : $0 } ?? "stderr"
    isTerminal = descriptor.isTerminal
    isImmediate = path == nil || isTerminal
    self.rotation = descriptor.isOwn && descriptor.isRegular ? rotation : nil
    if let rotation = self.rotation { fullSize = rotation.maximumSize }
    self.descriptor = descriptor
  }

  /// When something is to be done (CLOCK_MONOTONIC); nil for never.
  var deadline: UInt64? {
    guard let nextRefresh else { return nextFlush }
    return min(nextFlush ?? .max, nextRefresh)
  }

  /// True where it is the regular file that `status` describes.
  func isFile(_ status: stat) -> Bool { descriptor.isFile(status) }

  /// Empties the file: the trace begins.
  func begin() {
    descriptor.empty()
    rotation?.removeSurplus(of: name)
  }

  /// The trace did not begin: a file that was made for it goes, others stay as they are.
  func discard() {
    if descriptor.isNew { _ = unsafe unlink(name) }
  }

  /// Adds a record.
  func append(_ event: TraceEvent, now: UInt64) {
    if size &+ UInt64(pending.byteCount) >= fullSize { rotate() }
    if case .start(let start) = event { self.start = start }
    given &+= 1
    add(now: now) { $0.append(event, to: &$1) }
    if nextRefresh == nil, isOpen { nextRefresh = format.refreshInterval.map { now &+ $0 } }
  }

  /// Adds what the format says behind the last record, and writes everything.
  func finish(now: UInt64) {
    if isOpen {
      nextRefresh = nil
      fitTerminal()
      add(now: now) { $0.finish(to: &$1) }
      flush()
    }
    guard descriptor.isStaged else { return }
    if isOpen {
      guard let errno = descriptor.takePlace() else { return }
      failure = OutputFailure(errno: errno, isOfWhole: true)
    }
    // What is not whole takes no place.
    lost = given
  }

  private func add(
    now: UInt64, _ write: (inout any RecordFormat, inout ByteBuffer) -> Void
  ) {
    guard isOpen else {
      lost += failure == nil ? 0 : 1
      return
    }
    guard pending.add({ write(&format, &$0) }) else { return }
    if nextFlush == nil { nextFlush = isImmediate ? now : now &+ Self.patience }
    if pending.byteCount >= Self.blockSize { flush() }
  }

  /// Writes, or tells, what is due.
  func flushIfDue(now: UInt64) {
    if let nextRefresh, nextRefresh <= now, isOpen {
      self.nextRefresh = nil
      fitTerminal()
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

  /// A terminal's size may have changed since the last records.
  private func fitTerminal() {
    guard isTerminal else { return }
    let size = Terminal.size(descriptor.fd)
    format.fit(columns: size.columns, lines: size.lines)
  }

  /// Tells of a failure that has not been told with its last count.
  func tellFailure() { failure?.tell(name, lost: lost) }

  /// Writes everything.
  func flush() {
    guard isOpen else { return }
    nextFlush = nil
    let (written, errno) = WholeWrite.write(pending.bytes, to: descriptor.fd)
    size &+= UInt64(written)
    if let errno { giveUp(errno, written: written) }
    pending.clear()
    fitTerminal()
  }

  private func giveUp(_ errno: Int32, written: Int) {
    isOpen = false
    nextRefresh = nil
    // A reader of our standard streams that has seen enough (head) is no loss.
    if errno == EPIPE, !descriptor.isOwn { return }
    let whole = pending.wholeRecords(in: written)
    lost += UInt64(whole.rest)
    // A file is to end with a whole record.
    descriptor.takeBack(written - whole.bytes)
    failure = OutputFailure(errno: errno, isOfWhole: descriptor.isStaged)
    // Where the trace ends soon it is told once, with the whole count.
    nextFlush = Clock.monotonic() &+ OutputFailure.patience
  }
}

// One trace in several files, none of which begins or ends within a record.
extension OutputFile {
  /// Goes on in a new file, where the full one can be put away; else in the full one.
  private func rotate() {
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
  func reopen() {
    guard isOpen, descriptor.isOwn, descriptor.isRegular else { return }
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
      previous: FileRotation.currentName(of: descriptor.fd) ?? FileRotation.fileName(name))
    // Somebody else may have begun it.
    _ = lseek(new, 0, SEEK_END)
    goOn(in: new, size: Int(clamping: status.st_size))
    if let rotation { fullSize = max(rotation.maximumSize, size &+ 1) }
    if pending.add({ $0.append(header.bytes.span) }) { flush() }
  }

  private func goOn(in new: Int32, size: Int) {
    descriptor.replace(by: new)
    self.size = UInt64(clamping: size)
    saidStuck = false
  }

  /// What a file begins with that goes on with the trace of another.
  private func header(previous: String) -> ByteBuffer {
    var header = ByteBuffer()
    if var start {
      start.previous = previous
      format.append(.start(start), to: &header)
    }
    return header
  }

  private func sayStuck(_ what: String, _ errno: Int32) {
    guard !saidStuck else { return }
    saidStuck = true
    Diagnostics.say(
      "\(name): \(what): \(Diagnostics.text(ofErrno: errno)): going on in the old file")
  }
}
