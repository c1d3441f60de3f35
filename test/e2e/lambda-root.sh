# Turns an empty folder into the root of a machine like Lambda's and runs a command there. lambda-root.ts starts it in a mount
# namespace of its own (unshare -rm): mounts are visible to this process only and end with it.
#
#   lambda-root.sh ROOT NODE CPUINFO RUNTIME FUNCTION LAYER… -- [NAME=VALUE…] COMMAND…
set -e
root=$1 node=$2 cpuinfo=$3 runtime=$4 function=$5
shift 5

mount --bind "$root" "$root"
cd "$root"
mkdir -p dev proc opt tmp var/lang/bin var/runtime var/task
touch var/lang/bin/node var/runtime/index.cjs

for name in bin etc lib lib64 usr; do
  if [ -L "/$name" ]; then
    cp -P "/$name" .
  elif [ -d "/$name" ]; then
    mkdir "$name"
    mount -o rbind,ro "/$name" "$name"
  fi
done
mount --rbind /dev dev
mount --rbind /proc proc
mount -o bind,ro "$cpuinfo" proc/cpuinfo

mount -o bind,ro "$node" var/lang/bin/node
mount -o bind,ro "$runtime" var/runtime/index.cjs
mount -o bind,ro "$function" var/task
while [ "$1" != -- ]; do
  # Layers are stacked in order, as Lambda unpacks them.
  cp -R "$1/." opt
  shift
done
shift

mount --bind tmp tmp
mount -o remount,bind,ro .
exec chroot . env -i -C /var/task "$@"
