import '../../../../domain/geometry/plane.ts'
