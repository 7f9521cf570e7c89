package node

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"warroom/feed"
	"warroom/feed/backup"
	"warroom/model"
	"warroom/model/backend"
)

// Backup updates the backup in a directory from the hub at a location. agent names the
// program.
func (n *Node) Backup(ctx context.Context, l backend.Location, dir, agent string) (out backend.BackupReport,
	err error) {
	f, err := n.openBare(ctx, l)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r, err := backup.Write(ctx, backup.Options{Dir: dir, Hub: feed.Backups{Feed: f}, Data: l.Data, AtRest: l.AtRest,
		Program: agent, Now: n.now, Logf: l.Logf})
	out = backend.BackupReport{Rooms: r.Rooms, Lobby: r.Lobby, Written: r.Written, Bytes: r.Bytes}
	for _, x := range r.Failed {
		out.Failed = append(out.Failed, model.Safef("%s: %s", x.Short, model.Sentence(x.Err)))
	}
	return out, err
}

// openBare opens the hub at a location without bridges or a receiver of alerts.
func (n *Node) openBare(ctx context.Context, l backend.Location) (*feed.Feed, error) {
	return feed.Open(ctx, feed.Options{Data: l.Data, Server: l.Server, Creds: l.Creds, CA: l.CA, Handle: l.Handle,
		Via: l.Via, Named: l.Named, AtRest: l.AtRest, Evidence: l.Evidence, Now: n.now, Logf: l.Logf})
}

// restoringEnd is the suffix of the directory in which a data directory is restored.
// restoringMark is a file that identifies it.
const (
	restoringEnd  = ".restoring"
	restoringMark = "restoring"
)

// Restore creates the data directory of a location from a backup. After an error there is
// no data directory.
func (n *Node) Restore(ctx context.Context, l backend.Location, dir string) (out backend.RestoreReport, err error) {
	if l.Server != "" || l.Creds != "" {
		return out, model.Refuse(model.Forbidden,
			"a backup is restored on the machine of a hub, by the person who runs it, without --server and --creds")
	}
	data := filepath.Clean(l.Data)
	if err := isVacant(data); err != nil {
		return out, err
	}
	b, err := backup.Open(dir, l.AtRest)
	if err == nil {
		err = b.Check(ctx)
	}
	if err != nil {
		return out, err
	}
	l.Data = data + restoringEnd
	if err := beginRestore(l.Data); err != nil {
		return out, err
	}
	if out, err = n.fill(ctx, l, b); err == nil {
		err = finishRestore(l.Data, data)
	}
	if err != nil {
		_ = os.RemoveAll(l.Data) // the next restore removes the rest
	}
	return out, err
}

// fill restores a backup into an empty directory.
func (n *Node) fill(ctx context.Context, l backend.Location, b *backup.Backup) (out backend.RestoreReport, err error) {
	if err := b.WriteFiles(l.Data); err != nil {
		return out, err
	}
	f, err := n.openBare(ctx, l)
	if err != nil {
		return out, err
	}
	out.Rooms, out.Skipped, err = b.Restore(ctx, feed.Backups{Feed: f})
	return out, errors.Join(err, f.Close())
}

// isVacant returns [model.Conflict] unless a directory is empty or does not exist.
func isVacant(data string) error {
	names, err := os.ReadDir(data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return model.Refuse(model.Invalid, "%s cannot be restored into: %s", data, model.FileReason(err))
	case len(names) > 0:
		return model.Refuse(model.Conflict,
			"%s is not empty, and a restore does not overwrite files; give another directory with --data", data)
	}
	return nil
}

// beginRestore creates the directory for a restore. It deletes the one of an interrupted
// restore.
func beginRestore(tmp string) error {
	mark := filepath.Join(tmp, restoringMark)
	if _, err := os.Lstat(tmp); err == nil {
		if _, err := os.Lstat(mark); err != nil {
			return model.Refuse(model.Conflict, "%s is in the way of the restore; move it away", tmp)
		}
		if err := os.RemoveAll(tmp); err != nil {
			return model.Refuse(model.Internal, "%s of an earlier restore cannot be removed: %s", tmp,
				model.FileReason(err))
		}
	}
	if err := feed.OwnData(tmp); err != nil {
		return err
	}
	if err := os.WriteFile(mark, nil, 0o600); err != nil {
		return model.Refuse(model.Internal, "%s cannot be written: %s", mark, model.FileReason(err))
	}
	return nil
}

// finishRestore renames the directory to its final name.
func finishRestore(tmp, data string) error {
	err := os.Remove(filepath.Join(tmp, restoringMark))
	if lost := os.Remove(data); err == nil && !errors.Is(lost, fs.ErrNotExist) {
		err = lost
	}
	if err == nil {
		err = os.Rename(tmp, data)
	}
	if err != nil {
		return model.Refuse(model.Internal, "the restored data cannot be moved to %s: "+
			"%s", data, model.FileReason(err))
	}
	return nil
}
