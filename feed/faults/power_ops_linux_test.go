package faults_test

import (
	"context"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

var _ interface {
	fs.NodeLookuper
	fs.NodeGetattrer
	fs.NodeSetattrer
	fs.NodeCreater
	fs.NodeOpener
	fs.NodeReader
	fs.NodeWriter
	fs.NodeFsyncer
	fs.NodeReaddirer
	fs.NodeMkdirer
	fs.NodeUnlinker
	fs.NodeRmdirer
	fs.NodeRenamer
	fs.NodeStatfser
} = (*powerNode)(nil)

// powerHandle is an open file.
type powerHandle struct{ flags uint32 }

// synced reports whether every write is durable when it returns.
func (h *powerHandle) synced() bool { return h.flags&(syscall.O_SYNC|syscall.O_DSYNC) != 0 }

func (n *powerNode) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	if no := n.begin(); no != 0 {
		return nil, no
	}
	defer n.d.mu.Unlock()
	k := n.kids[name]
	if k == nil {
		return nil, syscall.ENOENT
	}
	k.attr(&out.Attr)
	return k.inode(ctx, n), 0
}

func (n *powerNode) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	n.attr(&out.Attr)
	return 0
}

func (n *powerNode) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	if no := n.begin(); no != 0 {
		return no
	}
	defer n.d.mu.Unlock()
	if size, ok := in.GetSize(); ok {
		n.resize(int(size))
	}
	if mode, ok := in.GetMode(); ok {
		n.mode = mode & 0o7777
	}
	n.attr(&out.Attr)
	return 0
}

// add puts a new node into a directory.
func (n *powerNode) add(ctx context.Context, name string, dir bool, mode uint32, out *fuse.EntryOut) (*fs.Inode,
	syscall.Errno) {
	if no := n.begin(); no != 0 {
		return nil, no
	}
	defer n.d.mu.Unlock()
	if n.kids[name] != nil {
		return nil, syscall.EEXIST
	}
	k := n.d.node(dir, mode&0o7777)
	k.parent, k.name = n, name
	n.kids[name] = k
	k.attr(&out.Attr)
	return k.inode(ctx, n), 0
}

func (n *powerNode) Create(ctx context.Context, name string, flags, mode uint32, out *fuse.EntryOut) (*fs.Inode,
	fs.FileHandle, uint32, syscall.Errno) {
	in, no := n.add(ctx, name, false, mode, out)
	return in, &powerHandle{flags}, fuse.FOPEN_DIRECT_IO, no
}

func (n *powerNode) Mkdir(ctx context.Context, name string, mode uint32, out *fuse.EntryOut) (*fs.Inode,
	syscall.Errno) {
	return n.add(ctx, name, true, mode, out)
}

func (n *powerNode) Open(_ context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	if no := n.begin(); no != 0 {
		return nil, 0, no
	}
	defer n.d.mu.Unlock()
	if flags&syscall.O_TRUNC != 0 {
		n.resize(0)
	}
	return &powerHandle{flags}, fuse.FOPEN_DIRECT_IO, 0
}

func (n *powerNode) Read(_ context.Context, _ fs.FileHandle, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	if no := n.begin(); no != 0 {
		return nil, no
	}
	defer n.d.mu.Unlock()
	if off >= int64(len(n.live)) {
		return fuse.ReadResultData(nil), 0
	}
	return fuse.ReadResultData(append([]byte(nil), n.live[off:min(int64(len(n.live)), off+int64(len(dest)))]...)), 0
}

func (n *powerNode) Write(_ context.Context, f fs.FileHandle, data []byte, off int64) (uint32, syscall.Errno) {
	if no := n.begin(); no != 0 {
		return 0, no
	}
	defer n.d.mu.Unlock()
	h, _ := f.(*powerHandle)
	if h != nil && h.flags&syscall.O_APPEND != 0 {
		off = int64(len(n.live))
	}
	n.write(data, int(off))
	if h != nil && h.synced() {
		n.sync()
	}
	return uint32(len(data)), 0
}

func (n *powerNode) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	if no := n.begin(); no != 0 {
		return no
	}
	defer n.d.mu.Unlock()
	n.sync()
	return 0
}

func (n *powerNode) Readdir(context.Context) (fs.DirStream, syscall.Errno) {
	if no := n.begin(); no != 0 {
		return nil, no
	}
	defer n.d.mu.Unlock()
	var out []fuse.DirEntry
	for name, k := range n.kids {
		out = append(out, fuse.DirEntry{Name: name, Mode: k.kind(), Ino: k.ino})
	}
	return fs.NewListDirStream(out), 0
}

func (n *powerNode) Unlink(_ context.Context, name string) syscall.Errno {
	if no := n.begin(); no != 0 {
		return no
	}
	defer n.d.mu.Unlock()
	delete(n.kids, name)
	return 0
}

func (n *powerNode) Rmdir(_ context.Context, name string) syscall.Errno {
	if no := n.begin(); no != 0 {
		return no
	}
	defer n.d.mu.Unlock()
	if k := n.kids[name]; k != nil && len(k.kids) > 0 {
		return syscall.ENOTEMPTY
	}
	delete(n.kids, name)
	return 0
}

func (n *powerNode) Rename(_ context.Context, name string, to fs.InodeEmbedder, newName string,
	_ uint32) syscall.Errno {
	if no := n.begin(); no != 0 {
		return no
	}
	defer n.d.mu.Unlock()
	k, dir := n.kids[name], to.(*powerNode)
	if k == nil {
		return syscall.ENOENT
	}
	delete(n.kids, name)
	dir.kids[newName], k.parent, k.name = k, dir, newName
	return 0
}

func (n *powerNode) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	out.Bsize, out.Frsize, out.NameLen = 4096, 4096, 255
	out.Blocks, out.Bfree, out.Bavail = 1<<22, 1<<22, 1<<22 // 16 GiB
	out.Files, out.Ffree = 1<<20, 1<<20
	return 0
}
