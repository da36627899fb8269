namespace Rushes.Jobs;

/// <summary>A number of jobs and their work in milliseconds.</summary>
public readonly record struct Place(int Jobs, long Work)
{
    public static Place operator -(Place left, Place right) => new(left.Jobs - right.Jobs, left.Work - right.Work);

    public static Place operator +(Place left, Place right) => new(left.Jobs + right.Jobs, left.Work + right.Work);
}

/// <summary>
/// A sorted set of jobs that can count the jobs, and sum their work, before any key. It is a B+ tree whose inner nodes store
/// the sums of their children: each operation visits one node per level, four levels at a million jobs. Not thread-safe.
/// </summary>
public sealed class CountedTree
{
    private Node root = new(leaf: true);

    public Place Total => root.Total;

    /// <summary>Returns false if the key is already present.</summary>
    public bool Add(QueueKey key, int work)
    {
        if (!Add(root, key, work, out var split)) return false;
        if (split is not null)
        {
            var top = new Node(leaf: false);
            top.InsertChild(0, root);
            top.InsertChild(1, split);
            root = top;
        }

        return true;
    }

    public bool Remove(QueueKey key)
    {
        if (!Remove(root, key)) return false;
        while (!root.IsLeaf && root.Count == 1) root = root.Children[0];
        return true;
    }

    public bool Contains(QueueKey key)
    {
        var node = root;
        while (!node.IsLeaf) node = node.Children[node.ChildFor(key)];
        return node.Find(key) >= 0;
    }

    /// <summary>The jobs before the key, which may be absent.</summary>
    public Place Ahead(QueueKey key)
    {
        var place = default(Place);
        var node = root;
        while (!node.IsLeaf)
        {
            var child = node.ChildFor(key);
            place += node.SumBefore(child);
            node = node.Children[child];
        }

        var index = node.Find(key);
        return place + node.SumBefore(index >= 0 ? index : ~index);
    }

    private static bool Add(Node node, QueueKey key, int work, out Node? split)
    {
        split = null;
        int place;
        if (node.IsLeaf)
        {
            place = ~node.Find(key);
            if (place < 0) return false;
            node.Insert(place, key, work);
        }
        else
        {
            var index = node.ChildFor(key);
            var child = node.Children[index];
            if (!Add(child, key, work, out var half)) return false;
            node.Refresh(index);
            place = index + 1;
            if (half is not null) node.InsertChild(place, half);
        }

        if (node.IsFull) split = node.Split(atEnd: place == node.Count - 1);
        return true;
    }

    private static bool Remove(Node node, QueueKey key)
    {
        if (node.IsLeaf)
        {
            var found = node.Find(key);
            if (found < 0) return false;
            node.RemoveAt(found);
            return true;
        }

        var index = node.ChildFor(key);
        if (!Remove(node.Children[index], key)) return false;
        if (node.Children[index].Count == 0) node.RemoveAt(index);
        else
        {
            node.Refresh(index);
            node.JoinIfSparse(index);
        }

        return true;
    }

    /// <summary>A leaf has keys and their work; an inner node has children with their first keys, counts and work.</summary>
    private sealed class Node(bool leaf)
    {
        private const int Width = 64;

        private readonly QueueKey[] keys = new QueueKey[Width];
        private readonly long[] works = new long[Width];
        private readonly int[] counts = leaf ? [] : new int[Width];

        public Node[] Children { get; } = leaf ? [] : new Node[Width];

        public int Count { get; private set; }

        public bool IsLeaf => leaf;

        public bool IsFull => Count == Width;

        public Place Total => SumBefore(Count);

        /// <summary>The index of the key, or the complement of the index at which it would be inserted.</summary>
        public int Find(QueueKey key) => keys.AsSpan(0, Count).BinarySearch(key);

        /// <summary>The last child whose first key is not after this one; the first child if there is none.</summary>
        public int ChildFor(QueueKey key)
        {
            var index = Find(key);
            return index >= 0 ? index : Math.Max(0, ~index - 1);
        }

        public Place SumBefore(int index)
        {
            var work = 0L;
            foreach (var each in works.AsSpan(0, index)) work += each;
            if (leaf) return new Place(index, work);

            var count = 0;
            foreach (var each in counts.AsSpan(0, index)) count += each;
            return new Place(count, work);
        }

        public void Insert(int index, QueueKey key, long work)
        {
            MakeRoom(index);
            keys[index] = key;
            works[index] = work;
        }

        public void InsertChild(int index, Node child)
        {
            MakeRoom(index);
            Children[index] = child;
            Refresh(index);
        }

        /// <summary>Updates the first key, count and work stored for a child.</summary>
        public void Refresh(int index)
        {
            var child = Children[index];
            (counts[index], works[index]) = child.Total;
            keys[index] = child.keys[0];
        }

        public void RemoveAt(int index) => Move(from: index + 1, to: index);

        /// <summary>Moves the second half to a new node and returns it.</summary>
        /// <param name="atEnd">Only the last entry: most jobs enter at the end, and half-full nodes would stay so.</param>
        public Node Split(bool atEnd)
        {
            var kept = atEnd ? Width - 1 : Width / 2;
            var second = new Node(leaf);
            CopyTo(second, from: kept);
            Truncate(kept);
            return second;
        }

        /// <summary>Merges a child that has few entries into a neighbour with enough room.</summary>
        public void JoinIfSparse(int index)
        {
            if (Children[index].Count > Width / 4 || Count == 1) return;

            var left = index == 0 ? 0 : index - 1;
            var (first, second) = (Children[left], Children[left + 1]);
            if (first.Count + second.Count > Width * 3 / 4) return;

            second.CopyTo(first, from: 0);
            Refresh(left);
            RemoveAt(left + 1);
        }

        private void MakeRoom(int index) => Move(from: index, to: index + 1);

        private void Move(int from, int to)
        {
            var length = Count - from;
            Array.Copy(keys, from, keys, to, length);
            Array.Copy(works, from, works, to, length);
            if (!leaf)
            {
                Array.Copy(counts, from, counts, to, length);
                Array.Copy(Children, from, Children, to, length);
            }

            var count = Count + to - from;
            if (count < Count) Truncate(count);
            else Count = count;
        }

        private void CopyTo(Node other, int from)
        {
            var length = Count - from;
            Array.Copy(keys, from, other.keys, other.Count, length);
            Array.Copy(works, from, other.works, other.Count, length);
            if (!leaf)
            {
                Array.Copy(counts, from, other.counts, other.Count, length);
                Array.Copy(Children, from, other.Children, other.Count, length);
            }

            other.Count += length;
        }

        private void Truncate(int count)
        {
            // Release the references, so that the removed nodes can be collected.
            if (!leaf) Array.Clear(Children, count, Count - count);
            Count = count;
        }
    }
}
