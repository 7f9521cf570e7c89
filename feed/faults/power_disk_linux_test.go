package faults_test

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// powerDisk is a file system in memory that tracks what would survive a power failure:
// the synced content of a file, and the entries of a directory when it was synced. As on
// common file systems, syncing a file also makes its name durable.
type powerDisk struct {
	mu   sync.Mutex
	dead bool // the power is cut: writes fail
	root *powerNode
	ino  atomic.Uint64
}

// powerNode is a file or a directory.
type powerNode struct {
	fs.Inode
	d      *powerDisk
	dir    bool
	mode   uint32
	ino    uint64
	parent *powerNode
	name   string

	live, safe    []byte // present and durable content
	lo, hi        int    // range of live that was changed since
	kids, durable map[string]*powerNode
	durableIn     *powerNode // the durable directory and name
	durableAs     string
}

func newPowerDisk() *powerDisk {
	d := new(powerDisk)
	d.root = d.node(true, 0o700)
	return d
}

func (d *powerDisk) node(dir bool, mode uint32) *powerNode {
	n := &powerNode{d: d, dir: dir, mode: mode, ino: d.ino.Add(1)}
	if dir {
		n.kids, n.durable = map[string]*powerNode{}, map[string]*powerNode{}
	}
	return n
}

// mount mounts the disk until unmount is called.
func (d *powerDisk) mount(t *testing.T, at string) (unmount func()) {
	t.Helper()
	srv, err := fs.Mount(at, d.root,
		&fs.Options{MountOptions: fuse.MountOptions{DirectMountStrict: true, FsName: "power", Name: "power",
			DisableXAttrs: true}})
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.ENODEV) {
		t.Skipf("no file system can be mounted here (%v): no power was cut", err)
	}
	if err != nil {
		t.Fatalf("mount: %v", err)
	}
	return sync.OnceFunc(func() {
		if err := srv.Unmount(); err != nil {
			t.Logf("unmount: %v", err)
			_ = syscall.Unmount(at, syscall.MNT_DETACH) // otherwise the next test finds it
		}
	})
}

// cut cuts the power and returns the disk as it is found afterwards. With some, a part of
// the unsynced data survives too: whole files and whole directories, as a kernel writes
// them back in its own order.
func (d *powerDisk) cut(some *rand.Rand) *powerDisk {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dead = true
	next := new(powerDisk)
	next.root = d.root.left(next, some)
	return next
}

// left returns what survives of a node.
func (n *powerNode) left(d *powerDisk, some *rand.Rand) *powerNode {
	c := d.node(n.dir, n.mode)
	lucky := some != nil && some.IntN(2) == 0
	if !n.dir {
		if c.live = slices.Clone(n.safe); lucky {
			c.live = slices.Clone(n.live)
		}
		c.safe = slices.Clone(c.live)
		return c
	}
	kids := n.durable
	if lucky {
		kids = n.kids
	}
	for _, name := range slices.Sorted(maps.Keys(kids)) {
		k := kids[name].left(d, some)
		k.parent, k.name, k.durableIn, k.durableAs = c, name, c, name
		c.kids[name], c.durable[name] = k, k
	}
	return c
}

// makeDurable makes the link to n durable, and the links above it. mu must be held, as
// for the functions below.
func (n *powerNode) makeDurable() {
	for ; n.parent != nil; n = n.parent {
		if n.durableIn != nil && (n.durableIn != n.parent || n.durableAs != n.name) &&
			n.durableIn.durable[n.durableAs] == n {
			delete(n.durableIn.durable, n.durableAs)
		}
		n.parent.durable[n.name], n.durableIn, n.durableAs = n, n.parent, n.name
	}
}

// sync makes a node durable.
func (n *powerNode) sync() {
	if n.dir {
		n.durable = maps.Clone(n.kids)
		for name, k := range n.durable {
			k.durableIn, k.durableAs = n, name
		}
		if n.parent != nil {
			n.makeDurable()
		}
		return
	}
	was := len(n.safe)
	n.safe = slices.Grow(n.safe, max(0, len(n.live)-was))[:len(n.live)]
	if hi := min(n.hi, len(n.live)); n.lo < hi {
		copy(n.safe[n.lo:hi], n.live[n.lo:hi])
	}
	n.lo, n.hi = 0, 0
	if n.parent != nil && n.parent.kids[n.name] == n {
		n.makeDurable()
	}
}

func (n *powerNode) dirty(lo, hi int) {
	if n.lo == n.hi {
		n.lo, n.hi = lo, hi
		return
	}
	n.lo, n.hi = min(n.lo, lo), max(n.hi, hi)
}

func (n *powerNode) resize(size int) {
	was := len(n.live)
	if size <= was {
		n.live = n.live[:size]
	} else {
		n.live = append(n.live, make([]byte, size-was)...)
	}
	n.dirty(min(was, size), max(was, size))
}

func (n *powerNode) write(b []byte, off int) {
	if end := off + len(b); end > len(n.live) {
		n.resize(end)
	}
	copy(n.live[off:], b)
	n.dirty(off, off+len(b))
}

// begin locks the disk, and fails if the power is cut.
func (n *powerNode) begin() syscall.Errno {
	n.d.mu.Lock()
	if n.d.dead {
		n.d.mu.Unlock()
		return syscall.EIO
	}
	return 0
}

func (n *powerNode) attr(out *fuse.Attr) {
	out.Ino, out.Mode, out.Nlink = n.ino, n.mode|n.kind(), 1
	out.Size, out.Blocks, out.Blksize = uint64(len(n.live)), uint64(len(n.live)+511)/512, 4096
}

func (n *powerNode) kind() uint32 {
	if n.dir {
		return syscall.S_IFDIR
	}
	return syscall.S_IFREG
}

// inode returns the node for the library.
func (n *powerNode) inode(ctx context.Context, parent *powerNode) *fs.Inode {
	return parent.NewInode(ctx, n, fs.StableAttr{Mode: n.kind(), Ino: n.ino})
}
