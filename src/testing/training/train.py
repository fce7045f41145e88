"""Trains the lung-nodule network on generated cases (python3-torch of Debian) and writes it as ONNX.

usage: train.py CASES OUT [--steps N] [--minutes M]
CASES holds SEED.hu (int16, slices x 256 x 256, HU), SEED.mask (uint8, nodule numbers) and SEED.lung, as `npm run training -- cases` writes them.
The network sees five neighbouring slices and answers with a logit for each pixel of the middle one.
"""
import argparse, glob, math, os, time
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

SIDE, HALF, PATCH, BATCH = 256, 2, 80, 20


def conv(a, b):
    return [nn.Conv2d(a, b, 3, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU(inplace=True)]


class Net(nn.Module):
    """A U-Net of three levels (Ronneberger 2015) with one convolution a level on the way up; sides must be multiples of 8."""

    def __init__(self):
        super().__init__()
        block = lambda a, b: nn.Sequential(*conv(a, b), *conv(b, b))
        self.e1, self.e2, self.e3, self.bottom = block(2 * HALF + 1, 12), block(12, 24), block(24, 48), block(48, 80)
        self.d3, self.d2, self.d1 = block(128, 48), nn.Sequential(*conv(72, 24)), nn.Sequential(*conv(36, 12))
        self.out = nn.Conv2d(12, 1, 1)

    def forward(self, x):
        up = lambda t: F.interpolate(t, scale_factor=2.0, mode='nearest')
        a = self.e1(x)
        b = self.e2(F.max_pool2d(a, 2))
        c = self.e3(F.max_pool2d(b, 2))
        d = self.bottom(F.max_pool2d(c, 2))
        c = self.d3(torch.cat([up(d), c], 1))
        b = self.d2(torch.cat([up(c), b], 1))
        return self.out(self.d1(torch.cat([up(b), a], 1)))


def values(hu):
    """What the manifest's steps do to HU: clip to -1024..400, times 0.002, plus 0.8."""
    return np.clip(hu, -1024, 400).astype(np.float32) * np.float32(0.002) + np.float32(0.8)


class Cases:
    def __init__(self, folder, rng):
        self.hu, self.mask, self.nodule, self.hard, self.lung, self.body = [], [], [], [], [], []
        for name in sorted(glob.glob(os.path.join(folder, '*.hu'))):
            hu = np.fromfile(name, np.int16).reshape(-1, SIDE, SIDE)
            mask = np.fromfile(name[:-3] + '.mask', np.uint8).reshape(hu.shape)
            lung = np.fromfile(name[:-3] + '.lung', np.uint8).reshape(hu.shape)
            self.hu.append(hu)
            self.mask.append(mask)
            # Centres of patches: each nodule as often as another, whatever its size.
            self.nodule.append([np.argwhere(mask == n) for n in range(1, mask.max() + 1) if (mask == n).any()])
            pick = lambda where, count: where[rng.integers(0, len(where), count)]
            self.hard.append(pick(np.argwhere((lung == 1) & (mask == 0) & (hu > -500)), 6000))
            self.lung.append(pick(np.argwhere(lung == 1), 3000))
            # Muscles, ribs and hila look like nodules to a network that has only seen lungs.
            self.body.append(pick(np.argwhere((lung == 0) & (mask == 0) & (hu > -300)), 6000))
        print(len(self.hu), 'cases', sum(len(n) for n in self.nodule), 'nodules', flush=True)

    def patch(self, rng):
        case = int(rng.integers(len(self.hu)))
        kind = rng.random()
        if kind < 0.45 and self.nodule[case]:
            voxels = self.nodule[case][int(rng.integers(len(self.nodule[case])))]
        else:
            voxels = self.hard[case] if kind < 0.73 else self.body[case] if kind < 0.92 else self.lung[case]
        z, y, x = voxels[int(rng.integers(len(voxels)))]
        if kind < 0.45:
            z = z + int(rng.integers(-1, 2)) * (rng.random() < 0.3)
        jitter = PATCH // 3
        y = int(np.clip(y - PATCH // 2 + rng.integers(-jitter, jitter + 1), 0, SIDE - PATCH))
        x = int(np.clip(x - PATCH // 2 + rng.integers(-jitter, jitter + 1), 0, SIDE - PATCH))
        hu, mask = self.hu[case], self.mask[case]
        z = int(np.clip(z, 0, len(hu) - 1))
        levels = np.clip(np.arange(z - HALF, z + HALF + 1), 0, len(hu) - 1)
        if rng.random() < 0.5:
            levels = levels[::-1]
        piece = hu[levels, y:y + PATCH, x:x + PATCH].astype(np.float32)
        target = (mask[z, y:y + PATCH, x:x + PATCH] > 0).astype(np.float32)
        # Other scanners: noise of another grain, a shift and a stretch of HU.
        if rng.random() < 0.7:
            noise = rng.normal(0, rng.uniform(0, 32), piece.shape).astype(np.float32)
            if rng.random() < 0.5:
                noise = (noise + np.roll(noise, 1, 1) + np.roll(noise, 1, 2)) / 1.7
            piece = piece + noise
        piece = (piece + 1000) * rng.uniform(0.94, 1.06) - 1000 + rng.uniform(-25, 25)
        if rng.random() < 0.5:
            piece, target = piece[:, :, ::-1], target[:, ::-1]
        if rng.random() < 0.5:
            piece, target = piece[:, ::-1], target[::-1]
        if rng.random() < 0.5:
            piece, target = piece.transpose(0, 2, 1), target.T
        return values(piece), np.ascontiguousarray(target)

    def batch(self, rng):
        pairs = [self.patch(rng) for _ in range(BATCH)]
        return torch.from_numpy(np.stack([np.ascontiguousarray(a) for a, _ in pairs])), torch.from_numpy(np.stack([b for _, b in pairs]))[:, None]


def loss_of(logits, target):
    bce = F.binary_cross_entropy_with_logits(logits, target, pos_weight=torch.tensor(3.0), reduction='none')
    # The background that is mistaken most weighs as much as all the rest.
    hardest = bce[target == 0].topk(max(1, bce.numel() // 50)).values.mean()
    # Dice of each patch by itself, or a small nodule would vanish beside a large one.
    p = torch.sigmoid(logits)
    both, either = (p * target).sum((1, 2, 3)), (p + target).sum((1, 2, 3))
    dice = (1 - (2 * both + 4) / (either + 4)).mean()
    return 3 * bce.mean() + 0.15 * hardest + dice


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('cases')
    parser.add_argument('out')
    parser.add_argument('--steps', type=int, default=3600)
    parser.add_argument('--minutes', type=float, default=44)
    given = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(2)
    rng = np.random.default_rng(1)
    cases = Cases(given.cases, rng)
    net = Net().to(memory_format=torch.channels_last)
    print(sum(p.numel() for p in net.parameters()), 'parameters', flush=True)
    optimizer = torch.optim.AdamW(net.parameters(), 3e-3, weight_decay=1e-4)
    began, running = time.time(), []
    for step in range(given.steps):
        share = step / given.steps
        if (time.time() - began) / 60 > given.minutes:
            raise SystemExit('the minutes are over before the steps: give fewer steps')
        for group in optimizer.param_groups:
            group['lr'] = 3e-3 * min(1, (step + 1) / 100) * (1 - share) + 1e-5
        image, target = cases.batch(rng)
        loss = loss_of(net(image.contiguous(memory_format=torch.channels_last)), target)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimizer.step()
        running.append(float(loss))
        if step % 100 == 99:
            print(f'{step + 1} steps, {(time.time() - began) / 60:.1f} min, loss {np.mean(running[-100:]):.4f}', flush=True)
        if step % 500 == 499:
            torch.save(net.state_dict(), given.out + '.pt')
    net = net.to(memory_format=torch.contiguous_format).eval()
    torch.save(net.state_dict(), given.out + '.pt')
    axes = {0: 'n', 2: 'h', 3: 'w'}
    torch.onnx.export(net, torch.zeros(1, 2 * HALF + 1, SIDE, SIDE), given.out, opset_version=17, input_names=['image'], output_names=['logits'], dynamic_axes={'image': axes, 'logits': axes})
    print(f'{os.path.getsize(given.out)} bytes after {(time.time() - began) / 60:.1f} min', flush=True)


if __name__ == '__main__':
    main()
