import '../../../../app/router.tsx'
