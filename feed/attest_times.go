package feed

import (
	"warroom/feed/logcopy"
	"warroom/model/seal"
)

// timesOf is the running hash over when the messages of a copy were recorded.
type timesOf struct {
	seq  uint64     // of the last message in it; 0: the copy has to be read
	size uint64     // leaves up to there
	all  seal.Times // behind the last message,
	leaf seal.Times // and behind the last leaf
}

// follow adds the next message of the copy, where those before it are in.
func (t *timesOf) follow(m *logcopy.Message) {
	if t.seq == 0 || m.Seq != t.seq+1 {
		t.seq = 0
		return
	}
	t.add(m)
}

func (t *timesOf) add(m *logcopy.Message) {
	t.seq, t.all = m.Seq, t.all.Add(m.Seq, m.At)
	if m.IsLeaf() {
		t.size++
		t.leaf = t.all
	}
}

// recordedTimes returns the hash at the end of the copy. The first time, and when the
// copy was begun again, it reads the whole copy.
func (c *copyist) recordedTimes(tip logcopy.Tip) (seal.Times, error) {
	t := &c.says.times
	if t.seq == tip.Seq && t.size == tip.Size {
		return t.leaf, nil
	}
	*t = timesOf{}
	err := logcopy.Read(recordDir(c.f.h.o.Data, c.f.room), c.f.room, c.f.h.copyBox(), 1, func(m *logcopy.Message) error {
		t.add(m)
		return nil
	})
	if err == nil && (t.seq != tip.Seq || t.size != tip.Size) {
		err = logcopy.ErrDamaged
	}
	if err != nil {
		*t = timesOf{}
	}
	return t.leaf, err
}
