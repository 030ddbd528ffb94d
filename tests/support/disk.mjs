// Disks of a test's own that can fill up or break: file systems mounted for it, which needs root.
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, statfsSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

// Why there can be no such disk here, or nothing.
export function noDisks() {
  if (process.getuid() !== 0) return 'only root can mount a disk for a test';
  try {
    new Disk(1).remove();
    return undefined;
  } catch (error) {
    return `no disk can be mounted here: ${error.message}`;
  }
}

export class Disk {
  // An ext4 of so many MiB in a file: as on a real machine it becomes read-only for everybody when it finds itself broken.
  constructor(mebibytes) {
    this.home = mkdtempSync(join(tmpdir(), 'keepword-disk-'));
    this.folder = join(this.home, 'mounted');
    const image = join(this.home, 'image');
    writeFileSync(image, '');
    truncateSync(image, mebibytes * 1024 * 1024);
    const quietly = { stdio: ['ignore', 'pipe', 'pipe'] };
    execFileSync('mkdir', [this.folder], quietly);
    execFileSync('mkfs.ext4', ['-q', '-F', '-m', '0', image], quietly);
    execFileSync('mount', ['-o', 'loop,errors=remount-ro', image, this.folder], quietly);
    process.on('exit', () => this.remove());
    // PostgreSQL's own user looks for its folder through these.
    execFileSync('chmod', ['755', this.home, this.folder], quietly);
  }
  // Takes all the room there is, but for so many bytes.
  fill(left = 0) {
    const file = openSync(join(this.folder, 'ballast'), 'a');
    const { bavail, bsize } = statfsSync(this.folder);
    const piece = Buffer.alloc(64 * 1024);
    try {
      for (let room = bavail * bsize - left; room > 0; ) room -= writeSync(file, piece, 0, Math.min(piece.length, room));
    } catch (error) {
      if (error.code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  }
  makeRoom() {
    rmSync(join(this.folder, 'ballast'));
  }
  // The kernel finds an error on it and lets nobody write any more, whoever has files open.
  break() {
    const device = basename(readFileSync('/proc/mounts', 'utf8').split('\n').find((line) => line.split(' ')[1] === this.folder).split(' ')[0]);
    writeFileSync(`/sys/fs/ext4/${device}/trigger_fs_error`, '1');
  }
  // In good order, while nobody has anything open.
  remount(how) {
    execFileSync('mount', ['-o', `remount,${how}`, this.folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  }
  remove() {
    if (!existsSync(this.home)) return;
    // Whoever still has a file open there is on the way out.
    execFileSync('umount', ['-l', this.folder], { stdio: 'ignore' });
    rmSync(this.home, { recursive: true, force: true });
  }
}
